import type { Subscription } from '@framehub/frame/async';
import type { FramehubClient } from '../client.js';
import type { FramehubClientError } from '../errors.js';
import type { Frame } from '../frame.js';
import { FrameMeter, type Statistics } from '../statistics.js';
import type { FrameSubscription, SubscribeOptions } from '../subscription.js';

/** Milliseconds, and frame intervals of a slow camera, after which a newer frame should have arrived. */
const OVERDUE_MS = 1500;
const OVERDUE_INTERVALS = 3;
/** Milliseconds before a subscription that was refused at a limit is tried again. */
const RETRY_MS = 5000;

/**
 * Paints frames on a canvas. They are decoded off the main thread, one at a time; a frame that arrives meanwhile waits,
 * and is replaced by a newer one.
 */
class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: ImageBitmapRenderingContext;
  readonly #onDone: (frame: Frame, painted: boolean) => void;
  #waiting: Frame | undefined;
  #busy = false;
  #closed = false;

  /** @param onDone called for each frame: when it is painted, or will not be */
  constructor(canvas: HTMLCanvasElement, onDone: (frame: Frame, painted: boolean) => void) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('bitmaprenderer') as ImageBitmapRenderingContext;
    this.#onDone = onDone;
  }

  paint(frame: Frame): void {
    if (this.#closed) return;
    if (this.#waiting) this.#onDone(this.#waiting, false);
    this.#waiting = frame;
    if (!this.#busy) void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = undefined;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting) {
      const frame = this.#waiting;
      this.#waiting = undefined;
      const painted = await this.#paintNow(frame);
      if (!this.#closed) this.#onDone(frame, painted);
    }
    this.#busy = false;
  }

  async #paintNow(frame: Frame): Promise<boolean> {
    try {
      const bitmap = await createImageBitmap(new Blob([frame.jpeg], { type: 'image/jpeg' }));
      await new Promise(requestAnimationFrame);
      if (this.#closed) bitmap.close();
      else this.#transfer(bitmap);
      return !this.#closed;
    } catch (error) {
      // A JPEG that this browser cannot decode; the next one may be better.
      console.warn(`framehub: a frame of ${frame.camera} cannot be decoded`, error);
      return false;
    }
  }

  /** Without a copy: the canvas takes the bitmap over. */
  #transfer(bitmap: ImageBitmap): void {
    if (this.#canvas.width !== bitmap.width) this.#canvas.width = bitmap.width;
    if (this.#canvas.height !== bitmap.height) this.#canvas.height = bitmap.height;
    this.#context.transferFromImageBitmap(bitmap);
  }
}

export interface WebSocketTransportOptions {
  /** Borrowed. */
  readonly client: FramehubClient;
  readonly camera: string;
  readonly subscribe: SubscribeOptions;
  readonly canvas: HTMLCanvasElement;
  /** Called when the hub refuses the subscription. */
  onChange(): void;
}

/** Shows frames of a WebSocket on a canvas. */
export class WebSocketTransport {
  readonly #options: WebSocketTransportOptions;
  readonly #painter: Painter;
  readonly #up: Subscription;
  /** Counts painted frames; that of the subscription counts received ones, some of which are replaced. */
  readonly #meter = new FrameMeter();
  #subscription: FrameSubscription;
  #painted: Frame | undefined;
  #refusal: string | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WebSocketTransportOptions) {
    this.#options = options;
    this.#painter = new Painter(options.canvas, (frame, painted) => this.#onDone(frame, painted));
    this.#subscription = this.#subscribe();
    // The client has subscribed again by then.
    this.#up = options.client.on('up', () => {
      this.#refusal = undefined;
    });
  }

  get camera(): string {
    return this.#options.camera;
  }

  /** Message of the hub that refused the subscription; undefined if it did not. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Of painted frames. */
  get statistics(): Statistics {
    return { ...this.#meter.read(), dropped: this.#subscription.statistics().dropped };
  }

  /**
   * Milliseconds from capture to painting of the frame on the canvas, or its present age when the next one is overdue.
   * Undefined while there is no frame.
   *
   * @param fps nominal frame rate of the camera
   */
  ageAt(fps: number): number | undefined {
    if (!this.#painted || this.#painted.placeholder) return undefined;
    const age = this.#ageOf(this.#painted);
    return age > Math.max(OVERDUE_MS, (OVERDUE_INTERVALS * 1000) / fps) ? age : this.#meter.read().age;
  }

  close(): void {
    this.#up.close();
    clearTimeout(this.#retry);
    this.#painter.close();
    this.#subscription.close();
  }

  #subscribe(): FrameSubscription {
    const { client, camera, subscribe } = this.#options;
    const subscription = client.subscribe(camera, subscribe);
    subscription.on('frame', (frame) => {
      this.#refusal = undefined;
      this.#painter.paint(frame);
    });
    subscription.on('error', (error) => this.#onError(error));
    return subscription;
  }

  #onDone(frame: Frame, painted: boolean): void {
    if (painted) {
      this.#painted = frame;
      this.#meter.count({ ...frame, age: this.#ageOf(frame) });
    }
    this.#subscription.done(frame);
  }

  #ageOf({ capturedAt }: Frame): number {
    return Date.now() + (this.#options.client.clock?.offset ?? 0) - capturedAt;
  }

  #onError({ code, message }: FramehubClientError): void {
    // The list of cameras says so, too.
    if (code === 'CLIENT_CAMERA_LEFT') return;
    if (this.#refusal !== message) console.warn(`framehub: no frames of ${this.camera}: ${message} (${code})`);
    this.#refusal = message;
    clearTimeout(this.#retry);
    if (code.includes('_TOO_MANY_')) this.#retry = setTimeout(() => this.#subscribeAgain(), RETRY_MS);
    this.#options.onChange();
  }

  #subscribeAgain(): void {
    this.#subscription.close();
    this.#subscription = this.#subscribe();
  }
}
