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

/** A topic that is watched. */
interface Running {
  readonly wish: Rendition;
  readonly sink: (frame: JpegFrame) => void;
  stream: Subscription | undefined;
}

/**
 * A camera's JPEG topics at the broker. Those that are watched stay what they are when the camera's own rendition
 * changes: who makes their pictures is replaced, and nobody has to subscribe anew.
 */
export class JpegTopics {
  readonly #camera: string;
  readonly #parts: JpegTopicsParts;
  readonly #running = new Set<Running>();
  readonly #provider: Subscription;
  #rendition: Rendition;

  /** @param rendition what is done to every picture of this camera before a viewer's own wishes */
  constructor(camera: string, rendition: Rendition, parts: JpegTopicsParts) {
    this.#camera = camera;
    this.#rendition = rendition;
    this.#parts = parts;
    const plain = jpegTopic(camera, {});
    this.#provider = parts.broker.provide(camera, (topic) => this.#produce(topic), {
      always: (topic) => topic === plain,
    });
  }

  /** From now on pictures are made so, for those who watch already, too. */
  use(rendition: Rendition): void {
    this.#rendition = rendition;
    for (const running of this.#running) running.stream?.close();
    // One that ends while another begins is not begun again.
    for (const running of [...this.#running]) if (this.#running.has(running)) this.#begin(running);
  }

  /** No topic begins any more; those that are watched stay until the last has gone. */
  withdraw(): void {
    this.#provider.close();
  }

  #produce(topic: string): Producer<JpegFrame> | undefined {
    const wish = parseJpegTopic(topic);
    if (wish?.camera !== this.#camera) return undefined;
    return {
      start: (sink) => {
        const running: Running = { wish: wish.rendition, sink, stream: undefined };
        this.#running.add(running);
        this.#begin(running);
        return subscription(() => {
          this.#running.delete(running);
          running.stream?.close();
        });
      },
    };
  }

  #begin(running: Running): void {
    const { encoder, raw, observer } = this.#parts;
    const rendition = composeRenditions(this.#rendition, running.wish);
    running.stream = encoder.rendition(raw, rendition, { observer }).start(running.sink);
  }
}
