import { freePort } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { EmbeddedServer } from './embedded/server.js';
import { hasMosquitto, Mosquitto } from './mosquitto.fixture.js';

/** An MQTT server that can be stopped and started again on the same port. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerKind {
  readonly name: string;
  /** Ava's `test`, or `test.skip` where the server is not installed. */
  readonly test: typeof test | typeof test.skip;
  readonly version: '3.1.1' | '5';
  start(t: ExecutionContext): Promise<TestServer>;
}

/** The MQTT servers that tests run with. */
export const SERVERS: readonly ServerKind[] = [
  { name: 'aedes', test, version: '3.1.1', start: startAedes },
  { name: 'mosquitto', test: hasMosquitto ? test : test.skip, version: '5', start: (t) => Mosquitto.start(t) },
];

async function startAedes(t: ExecutionContext): Promise<TestServer> {
  const port = await freePort();
  let server = new EmbeddedServer({ port });
  await server.start();
  t.teardown(() => server.close());
  return {
    url: server.url,
    port,
    async start() {
      server = new EmbeddedServer({ port });
      await server.start();
    },
    stop: () => server.close(),
  };
}
