import { Broker } from '@framehub/broker';
import { type Hub, type HubEvent, type JpegFrame, parseJpegTopic } from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { TestCamera } from './camera.fixture.js';
import { HttpGateway } from './gateway.js';
import type { HttpGatewayOptions } from './options.js';
import { PICTURES } from './pictures.fixture.js';

/** A hub whose cameras come and go as the test says. */
export class House implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  readonly #listeners = new Set<(event: HubEvent) => void>();
  readonly #withdrawals = new Map<string, () => void>();
  #all: readonly TestCamera[] = [];

  constructor(...names: readonly string[]) {
    this.replaceCameras(...names);
  }

  /** Listeners there are now. */
  get watchers(): number {
    return this.#listeners.size;
  }

  cameras(): readonly TestCamera[] {
    return this.#all;
  }

  watch(listener: (event: HubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** These instead of all until now; who has a name of before stays as it is. */
  replaceCameras(...names: readonly string[]): void {
    const before = new Map(this.#all.map((camera) => [camera.name, camera]));
    this.#all = names.map((name) => before.get(name) ?? this.#make(name));
    for (const name of before.keys()) {
      if (names.includes(name)) continue;
      this.#withdrawals.get(name)?.();
      this.#withdrawals.delete(name);
    }
    this.#tell({ type: 'cameras' });
  }

  camera(name: string): TestCamera {
    const camera = this.#all.find((candidate) => candidate.name === name);
    if (!camera) throw new Error(`the test has no camera ${name}`);
    return camera;
  }

  #make(name: string): TestCamera {
    const camera = new TestCamera(name, (event) => this.#tell(event));
    const withdraw = this.broker.provide(name, (topic) => {
      if (parseJpegTopic(topic)?.camera !== name) return undefined;
      return {
        start: (sink) => {
          camera.sinks.set(topic, sink);
          camera.onDemand(topic);
          return () => camera.sinks.delete(topic);
        },
      };
    });
    this.#withdrawals.set(name, withdraw);
    return camera;
  }

  #tell(event: HubEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

export interface Served {
  readonly house: House;
  readonly garage: TestCamera;
  readonly gateway: HttpGateway;
  readonly port: number;
  readonly url: string;
}

/** Two cameras, `garage` and `printer`, on a free port of this machine, until the test ends. */
export async function serve(t: ExecutionContext, options: HttpGatewayOptions = {}): Promise<Served> {
  const house = new House('garage', 'printer');
  const gateway = new HttpGateway(house.broker, house, { host: '127.0.0.1', port: 0, ...options });
  await gateway.start();
  t.teardown(() => gateway.close());
  const { port } = gateway;
  return { house, garage: house.camera('garage'), gateway, port, url: `http://127.0.0.1:${port}` };
}

/** Publishes pictures in turn, `fps` a second, until the test ends. */
export function play(t: ExecutionContext, camera: TestCamera, fps = 30): void {
  const timer = setInterval(() => {
    camera.publish(PICTURES[camera.sequence % PICTURES.length]);
  }, 1000 / fps);
  t.teardown(() => clearInterval(timer));
}

/** Waits until something becomes true; tests have a time limit of their own. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
