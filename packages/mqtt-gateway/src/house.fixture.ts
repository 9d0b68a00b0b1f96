import { Broker } from '@framehub/broker';
import { type Hub, type HubEvent, type JpegFrame, parseJpegTopic } from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { TestCamera } from './camera.fixture.js';

export class House implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  #all: readonly TestCamera[] = [];
  readonly #listeners = new Set<(event: HubEvent) => void>();

  constructor(...names: readonly string[]) {
    this.set(...names);
  }

  cameras(): readonly TestCamera[] {
    return this.#all;
  }

  camera(name: string): TestCamera {
    const camera = this.#all.find((candidate) => candidate.name === name);
    if (!camera) throw new Error(`the test has no camera ${name}`);
    return camera;
  }

  /** The configuration has these cameras from now on. */
  set(...names: readonly string[]): void {
    this.#all = names.map((name) => this.#all.find((camera) => camera.name === name) ?? this.#make(name));
    this.#tell({ type: 'cameras' });
  }

  watch(listener: (event: HubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: HubEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #make(name: string): TestCamera {
    const camera = new TestCamera(name, (event) => this.#tell(event));
    this.broker.provide(name, (topic) => {
      if (parseJpegTopic(topic)?.camera !== name) return undefined;
      return {
        start: (sink) => {
          camera.sinks.set(topic, sink);
          return () => camera.sinks.delete(topic);
        },
      };
    });
    return camera;
  }
}

/** Publishes pictures, `fps` a second, until the test ends. */
export function play(t: ExecutionContext, camera: TestCamera, fps = 30): void {
  const timer = setInterval(() => camera.publish(), 1000 / fps);
  t.teardown(() => clearInterval(timer));
}

/** Waits until something becomes true; tests have a time limit of their own. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
