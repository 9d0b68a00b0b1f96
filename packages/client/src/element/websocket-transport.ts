import type { FramehubClient } from '../client.js';
import type { Picture } from '../picture.js';
import type { FramehubClientError } from '../protocol.js';
import { Meter, type Statistics } from '../statistics.js';
import type { SubscribeOptions, Subscription } from '../subscription.js';
import { Painter } from './painter.js';

/** Milliseconds, and intervals of a slow camera, after which a newer picture should have come. */
const OVERDUE = 1500;
const OVERDUE_INTERVALS = 3;
/** Milliseconds before what was refused for being too much is asked for again: others may have left. */
const AGAIN_AFTER = 5000;

/** Pictures over the WebSocket, painted on a canvas. */
export class PlanA {
  readonly camera: string;
  readonly #client: FramehubClient;
  readonly #wishes: SubscribeOptions;
  readonly #painter: Painter;
  readonly #changed: () => void;
  readonly #off: () => void;
  /** Of what was painted. The subscription's own counts what came, and some of that gives way to newer pictures. */
  readonly #meter = new Meter();
  #subscription: Subscription;
  /** What the canvas shows. */
  #painted: Picture | undefined;
  #refusal: string | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** @param changed told when the hub refuses */
  constructor(
    client: FramehubClient,
    camera: string,
    wishes: SubscribeOptions,
    canvas: HTMLCanvasElement,
    changed: () => void,
  ) {
    this.camera = camera;
    this.#client = client;
    this.#wishes = wishes;
    this.#changed = changed;
    this.#painter = new Painter(canvas, (picture, shown) => this.#done(picture, shown));
    this.#subscription = this.#subscribe();
    // What was refused before is asked for anew by then.
    this.#off = client.on('up', () => {
      this.#refusal = undefined;
    });
  }

  /** Why the hub gives no pictures, in its words. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** The pictures and their age are those that were painted. */
  get statistics(): Statistics {
    return { ...this.#meter.read(), dropped: this.#subscription.statistics().dropped };
  }

  /**
   * Milliseconds between the capture of the picture on the canvas and its painting; and when no other has followed for a
   * while, how old it is by now. Undefined where that is not known.
   *
   * @param rate pictures a second that the camera promises
   */
  ageAt(rate: number): number | undefined {
    if (!this.#painted || this.#painted.placeholder) return undefined;
    const now = this.#ageOf(this.#painted);
    return now > Math.max(OVERDUE, (OVERDUE_INTERVALS * 1000) / rate) ? now : this.#meter.read().age;
  }

  close(): void {
    this.#off();
    clearTimeout(this.#again);
    this.#painter.close();
    this.#subscription.close();
  }

  #subscribe(): Subscription {
    const subscription = this.#client.subscribe(this.camera, this.#wishes);
    subscription.on('picture', (picture) => {
      this.#refusal = undefined;
      this.#painter.show(picture);
    });
    subscription.on('error', (error) => this.#refuse(error));
    return subscription;
  }

  #done(picture: Picture, shown: boolean): void {
    if (shown) {
      this.#painted = picture;
      this.#meter.count({ ...picture, age: this.#ageOf(picture) });
    }
    this.#subscription.done(picture);
  }

  #ageOf({ capturedAt }: Picture): number {
    return Date.now() + (this.#client.clock?.offset ?? 0) - capturedAt;
  }

  #refuse({ code, message }: FramehubClientError): void {
    // The list of cameras tells that too.
    if (code === 'CLIENT_CAMERA_LEFT') return;
    if (this.#refusal !== message) console.warn(`framehub: no pictures of ${this.camera}: ${message} (${code})`);
    this.#refusal = message;
    clearTimeout(this.#again);
    if (code.includes('_TOO_MANY_')) this.#again = setTimeout(() => this.#askAgain(), AGAIN_AFTER);
    this.#changed();
  }

  #askAgain(): void {
    this.#subscription.close();
    this.#subscription = this.#subscribe();
  }
}
