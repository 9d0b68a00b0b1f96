import { Emitter } from './emitter.js';
import type { Picture } from './picture.js';
import { FramehubClientError, type PictureWish } from './protocol.js';
import { Meter, type Statistics } from './statistics.js';

/** The camera is not there: the subscription goes on, and begins anew when it comes. All else is wrong for good. */
const MAY_HEAL = new Set(['CAMERA_UNKNOWN', 'CLIENT_CAMERA_LEFT']);

export interface SubscribeOptions extends PictureWish {
  /** Pictures that may be on their way at a time. One is freshest on a slow link, two are smoother. @default 2 */
  readonly credit?: number;
}

export type SubscriptionEvents = {
  /** A picture came. Who listens says when it is done with it: see {@link Subscription.done}. */
  picture: Picture;
  /**
   * The server refused, with its code, or the camera has left (`CLIENT_CAMERA_LEFT`); it may come back, and is subscribed
   * to again then. A loop throws the error, unless it is of a camera that is not there.
   */
  error: FramehubClientError;
};

/** What a subscription needs of its connection. */
export interface SubscriptionLink {
  credit(): void;
  end(): void;
  /** Milliseconds between a capture and now. */
  ageOf(capturedAt: number): number;
}

/**
 * The pictures of one camera, for as long as it is wanted: through reconnections, and while the camera is away.
 *
 * A picture is paid for with a credit, which goes back when it has been dealt with; so a slow page gets fewer pictures,
 * and never old ones. As an async iterator the credit goes back when the next picture is asked for. While nobody iterates
 * or listens the newest picture is kept, for who comes later.
 */
export class Subscription implements AsyncIterable<Picture> {
  readonly #events = new Emitter<SubscriptionEvents>();
  readonly #meter = new Meter();
  readonly #link: SubscriptionLink;
  #newest: Picture | undefined;
  #failure: FramehubClientError | undefined;
  #wake: (() => void) | undefined;
  #iterating = false;
  #closed = false;

  constructor(
    readonly camera: string,
    readonly options: SubscribeOptions,
    link: SubscriptionLink,
  ) {
    this.#link = link;
  }

  get closed(): boolean {
    return this.#closed;
  }

  on<K extends keyof SubscriptionEvents>(name: K, listener: (event: SubscriptionEvents[K]) => void): () => void {
    const off = this.#events.on(name, listener);
    // Not at once: who listens has not even got the function that ends it.
    if (name === 'picture') queueMicrotask(() => this.#handOver());
    return off;
  }

  /** The picture has been painted, or dealt with otherwise: another may come. Measures how old it was by then. */
  done(picture: Picture): void {
    if (this.#closed) return;
    if (!picture.placeholder) this.#meter.painted(this.#link.ageOf(picture.capturedAt));
    this.#link.credit();
  }

  statistics(): Statistics {
    return this.#meter.read();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#link.end();
    this.#wake?.();
  }

  /** For the client. */
  receive(picture: Picture): void {
    this.#meter.count(picture);
    this.#failure = undefined;
    this.#events.emit('picture', picture);
    if (this.#isListenedTo) return;
    // One that nobody has taken gives way.
    if (this.#newest) this.#link.credit();
    this.#newest = picture;
    this.#wake?.();
  }

  /** For the client. */
  fail(error: FramehubClientError): void {
    if (!MAY_HEAL.has(error.code)) this.#failure = error;
    this.#events.emit('error', error);
    this.#wake?.();
  }

  /** True when pictures are paid for by those who listen, and not by a loop. */
  get #isListenedTo(): boolean {
    return !this.#iterating && this.#events.has('picture');
  }

  /** What was kept goes to who listens now. */
  #handOver(): void {
    const picture = this.#newest;
    if (!picture || !this.#isListenedTo) return;
    this.#newest = undefined;
    this.#events.emit('picture', picture);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Picture> {
    if (this.#iterating)
      throw new FramehubClientError('CLIENT_ITERATED_TWICE', 'somebody else iterates: subscribe once more');
    this.#iterating = true;
    try {
      while (!this.#closed) {
        const picture = this.#newest;
        this.#newest = undefined;
        if (!picture) {
          if (this.#failure) throw this.#failure;
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          continue;
        }
        yield picture;
        this.done(picture);
      }
    } finally {
      this.#iterating = false;
      this.close();
    }
  }
}
