import { Broker } from '@framehub/broker';
import { type Hub, type HubEvent, type JpegFrame, jpegTopic, type Producer, parseJpegTopic } from '@framehub/frame';
import { TestCamera } from './camera.js';

/** A hub with a real broker, whose cameras come and go as the test says. */
export class House implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  readonly #listeners = new Set<(event: HubEvent) => void>();
  readonly #withdrawals = new Map<string, () => void>();
  #all: readonly TestCamera[] = [];

  constructor(...names: readonly string[]) {
    this.set(...names);
  }

  /** Listeners there are now. */
  get watchers(): number {
    return this.#listeners.size;
  }

  cameras(): readonly TestCamera[] {
    return this.#all;
  }

  camera(name: string): TestCamera {
    const camera = this.#all.find((candidate) => candidate.name === name);
    if (!camera) throw new Error(`the test has no camera ${name}`);
    return camera;
  }

  watch(listener: (event: HubEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The configuration has these cameras from now on; who has a name of before stays as it is. */
  set(...names: readonly string[]): void {
    const before = new Map(this.#all.map((camera) => [camera.name, camera]));
    this.#all = names.map((name) => before.get(name) ?? this.#make(name));
    for (const name of before.keys()) {
      if (names.includes(name)) continue;
      this.#withdrawals.get(name)?.();
      this.#withdrawals.delete(name);
    }
    this.#tell({ type: 'cameras' });
  }

  #make(name: string): TestCamera {
    const camera = new TestCamera(name, (event) => this.#tell(event));
    const produce = (topic: string): Producer<JpegFrame> | undefined => {
      if (parseJpegTopic(topic)?.camera !== name) return undefined;
      return {
        start: (sink) => {
          camera.sinks.set(topic, sink);
          camera.onDemand(topic);
          return () => camera.sinks.delete(topic);
        },
      };
    };
    const plain = jpegTopic(name, {});
    const withdraw = this.broker.provide(name, produce, { always: (topic) => topic === plain });
    this.#withdrawals.set(name, withdraw);
    return camera;
  }

  #tell(event: HubEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
