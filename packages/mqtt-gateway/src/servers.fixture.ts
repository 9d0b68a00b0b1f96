import { freePort } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { EmbeddedBroker } from './embedded/broker.js';
import { hasMosquitto, Mosquitto } from './mosquitto.fixture.js';

/** A broker that can be stopped and comes back on the same port. */
export interface TestBroker {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface BrokerKind {
  readonly name: string;
  /** Ava's; skips aloud where the broker is not there. */
  readonly test: typeof test | typeof test.skip;
  readonly version: '3.1.1' | '5';
  start(t: ExecutionContext): Promise<TestBroker>;
}

/** What every promise about brokers is held against. */
export const BROKERS: readonly BrokerKind[] = [
  { name: 'aedes', test, version: '3.1.1', start: startAedes },
  { name: 'mosquitto', test: hasMosquitto ? test : test.skip, version: '5', start: (t) => Mosquitto.start(t) },
];

async function startAedes(t: ExecutionContext): Promise<TestBroker> {
  const port = await freePort();
  let broker = new EmbeddedBroker({ port });
  await broker.start();
  t.teardown(() => broker.close());
  return {
    url: broker.url,
    port,
    async start() {
      broker = new EmbeddedBroker({ port });
      await broker.start();
    },
    stop: () => broker.close(),
  };
}
