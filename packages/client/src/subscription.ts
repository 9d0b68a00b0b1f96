import type { ListenOptions, Subscription } from '@framehub/frame/async';
import type { FrameOptions } from '@framehub/frame/protocol';
import { FramehubClientError } from './errors.js';
import { Events } from './events.js';
import type { Frame } from './frame.js';
import { FrameMeter, type Statistics } from './statistics.js';

/** The camera does not exist: the subscription resumes when it is added. All other errors are final. */
const RECOVERABLE_CODES = new Set(['CAMERA_UNKNOWN', 'CLIENT_CAMERA_LEFT']);

/** Options of {@link FramehubClient.subscribe}. */
export interface SubscribeOptions extends FrameOptions, ListenOptions {
  /** Frames that may be on their way at a time. One gives the newest on a slow link, two are smoother. @default 2 */
  readonly credit?: number;
}

/** Events of a {@link FrameSubscription}. */
export interface SubscriptionEvents {
  /** A frame arrived. The listener calls {@link FrameSubscription.done} when it has used it. */
  frame: Frame;
  /**
   * The server refused the subscription, with its code, or the camera was removed (`CLIENT_CAMERA_LEFT`), and may be added
   * again. A loop throws the error, unless the camera does not exist.
   */
  error: FramehubClientError;
}

/** What a subscription needs of its client. */
export interface SubscriptionLink {
  sendCredit(): void;
  unsubscribe(): void;
  /** Milliseconds from a capture to now. */
  ageOf(capturedAt: number): number;
}

/**
 * The frames of one camera, through reconnections and while the camera does not exist, until it is closed.
 *
 * Each frame uses a credit, which is returned when the frame has been used, so that a slow page gets fewer frames and never
 * old ones. A loop returns it when it asks for the next frame. Without loop and listener, the newest frame is kept.
 *
 * @example
 * for await (const frame of client.subscribe('garage', { fps: 10 })) console.log(frame.jpeg.length);
 */
export class FrameSubscription implements Subscription, AsyncIterable<Frame> {
  /** Name of the camera. */
  readonly camera: string;
  readonly options: SubscribeOptions;
  readonly #events = new Events<SubscriptionEvents>();
  readonly #meter = new FrameMeter();
  readonly #link: SubscriptionLink;
  #newest: Frame | undefined;
  #error: FramehubClientError | undefined;
  #wake = (): void => {};
  #iterating = false;
  #closed = false;

  /** @internal made by {@link FramehubClient.subscribe} */
  constructor(camera: string, options: SubscribeOptions, link: SubscriptionLink) {
    this.camera = camera;
    this.options = options;
    this.#link = link;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Adds a listener. @returns removes the listener when it is closed */
  on<K extends keyof SubscriptionEvents>(
    name: K,
    listener: (event: SubscriptionEvents[K]) => void,
    options?: ListenOptions,
  ): Subscription {
    const added = this.#events.on(name, listener, options);
    // After `on` has returned: the listener may want to close what it returns.
    if (name === 'frame') queueMicrotask(() => this.#deliverKept());
    return added;
  }

  /** To be called by a listener when it has painted or otherwise used a frame: another one may be sent. */
  done(frame: Frame): void {
    if (this.#closed) return;
    if (!frame.placeholder) this.#meter.painted(this.#link.ageOf(frame.capturedAt));
    this.#link.sendCredit();
  }

  statistics(): Statistics {
    return this.#meter.read();
  }

  /** Ends the subscription and its loop. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#link.unsubscribe();
    this.#wake();
  }

  /** The same as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * The frames, always the newest; one loop at a time. The subscription is closed at the end of the loop.
   *
   * @throws FramehubClientError what the server refused, `CLIENT_ITERATED_TWICE`
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, undefined, undefined> {
    if (this.#iterating)
      throw new FramehubClientError('CLIENT_ITERATED_TWICE', 'another loop reads this subscription: subscribe again');
    this.#iterating = true;
    try {
      while (!this.#closed) {
        const frame = this.#newest;
        this.#newest = undefined;
        if (frame) {
          yield frame;
          this.done(frame);
          continue;
        }
        if (this.#error) throw this.#error;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#iterating = false;
      this.close();
    }
  }

  /** @internal closes it when the signal of its options aborts */
  watchSignal(): void {
    if (this.options.signal?.aborted) this.close();
    else this.options.signal?.addEventListener('abort', this.#onAbort);
  }

  /** @internal */
  receive(frame: Frame): void {
    this.#meter.count(frame);
    this.#error = undefined;
    this.#events.emit('frame', frame);
    if (this.#hasListener) return;
    // The frame that is replaced was not used.
    if (this.#newest) this.#link.sendCredit();
    this.#newest = frame;
    this.#wake();
  }

  /** @internal */
  fail(error: FramehubClientError): void {
    if (!RECOVERABLE_CODES.has(error.code)) this.#error = error;
    this.#events.emit('error', error);
    this.#wake();
  }

  readonly #onAbort = (): void => this.close();

  /** Whether listeners return the credits, and not a loop. */
  get #hasListener(): boolean {
    return !this.#iterating && this.#events.has('frame');
  }

  #deliverKept(): void {
    const frame = this.#newest;
    if (!frame || !this.#hasListener) return;
    this.#newest = undefined;
    this.#events.emit('frame', frame);
  }
}
