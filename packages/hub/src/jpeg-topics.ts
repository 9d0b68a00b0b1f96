import type { Broker } from '@framehub/broker';
import type { Encoder, RenditionObserver } from '@framehub/encoder';
import {
  composeRenditions,
  type JpegFrame,
  jpegTopic,
  type Producer,
  parseJpegTopic,
  type RawFrame,
  type Rendition,
  type Subscribable,
  type Subscription,
  subscription,
} from '@framehub/frame';

export interface JpegTopicsParts {
  readonly raw: Subscribable<RawFrame>;
  readonly encoder: Encoder;
  readonly broker: Broker<JpegFrame>;
  readonly observer: RenditionObserver;
}

/** A topic with subscribers. */
interface ActiveTopic {
  readonly requested: Rendition;
  readonly sink: (frame: JpegFrame) => void;
  stream: Subscription | undefined;
}

/**
 * A camera's JPEG topics at the broker. When the camera's own rendition changes, active topics stay: their streams are
 * replaced, and no client has to subscribe again.
 */
export class JpegTopics {
  readonly #camera: string;
  readonly #parts: JpegTopicsParts;
  readonly #active = new Set<ActiveTopic>();
  readonly #provider: Subscription;
  #rendition: Rendition;

  /** @param rendition the camera's own, applied before what a viewer requests */
  constructor(camera: string, rendition: Rendition, parts: JpegTopicsParts) {
    this.#camera = camera;
    this.#rendition = rendition;
    this.#parts = parts;
    const plain = jpegTopic(camera, {});
    this.#provider = parts.broker.provide(camera, (topic) => this.#produce(topic), {
      always: (topic) => topic === plain,
    });
  }

  /** Changes the camera's own rendition, for active topics too. */
  use(rendition: Rendition): void {
    this.#rendition = rendition;
    for (const topic of this.#active) topic.stream?.close();
    // A topic that ends while another one starts is not started again.
    for (const topic of [...this.#active]) if (this.#active.has(topic)) this.#start(topic);
  }

  /** Starts no more topics. Active ones stay until their last subscriber leaves. */
  withdraw(): void {
    this.#provider.close();
  }

  #produce(name: string): Producer<JpegFrame> | undefined {
    const request = parseJpegTopic(name);
    if (request?.camera !== this.#camera) return undefined;
    return {
      start: (sink) => {
        const topic: ActiveTopic = { requested: request.rendition, sink, stream: undefined };
        this.#active.add(topic);
        this.#start(topic);
        return subscription(() => {
          this.#active.delete(topic);
          topic.stream?.close();
        });
      },
    };
  }

  #start(topic: ActiveTopic): void {
    const { encoder, raw, observer } = this.#parts;
    const rendition = composeRenditions(this.#rendition, topic.requested);
    topic.stream = encoder.rendition(raw, rendition, { observer }).start(topic.sink);
  }
}
