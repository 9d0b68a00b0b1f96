import { Broker } from '@framehub/broker';
import {
  Emitter,
  type Hub,
  type HubEvent,
  type JpegFrame,
  jpegTopic,
  type ListenOptions,
  type Producer,
  parseJpegTopic,
  type Subscription,
  subscription,
} from '@framehub/frame';
import { FakeCamera } from './fake-camera.js';

/**
 * A hub with a real broker, whose cameras are set by the test.
 *
 * @example
 * const hub = new FakeHub('garage', 'printer');
 * hub.camera('garage').publish();
 */
export class FakeHub implements Hub {
  readonly version = '0.0.0-test';
  readonly codec = 'test codec';
  readonly quality = 80;
  readonly broker = new Broker<JpegFrame>();
  readonly #events = new Emitter<HubEvent>();
  readonly #providers = new Map<string, Subscription>();
  #all: readonly FakeCamera[] = [];

  constructor(...names: readonly string[]) {
    this.set(...names);
  }

  /** Number of event listeners. */
  get watchers(): number {
    return this.#events.size;
  }

  cameras(): readonly FakeCamera[] {
    return this.#all;
  }

  /** @throws Error if there is no such camera */
  camera(name: string): FakeCamera {
    const camera = this.#all.find((candidate) => candidate.name === name);
    if (!camera) throw new Error(`the test has no camera ${name}`);
    return camera;
  }

  subscribe(listener: (event: HubEvent) => void, options?: ListenOptions): Subscription {
    return this.#events.subscribe(listener, options);
  }

  /** Sets the cameras of the configuration. Those that stay keep their state; the others are added or removed. */
  set(...names: readonly string[]): void {
    const before = new Map(this.#all.map((camera) => [camera.name, camera]));
    this.#all = names.map((name) => before.get(name) ?? this.#make(name));
    for (const name of before.keys()) {
      if (names.includes(name)) continue;
      this.#providers.get(name)?.close();
      this.#providers.delete(name);
    }
    this.#events.emit({ type: 'cameras' });
  }

  #make(name: string): FakeCamera {
    const camera = new FakeCamera(name, (event) => this.#events.emit(event));
    const produce = (topic: string): Producer<JpegFrame> | undefined => {
      if (parseJpegTopic(topic)?.camera !== name) return undefined;
      return {
        start: (sink) => {
          camera.sinks.set(topic, sink);
          camera.onDemand(topic);
          return subscription(() => camera.sinks.delete(topic));
        },
      };
    };
    const plain = jpegTopic(name, {});
    const provider = this.broker.provide(name, produce, { always: (topic) => topic === plain });
    this.#providers.set(name, provider);
    return camera;
  }
}
