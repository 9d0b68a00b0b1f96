import type { Picture } from '../picture.js';
import type { CameraInfo, FramehubClientError } from '../protocol.js';
import type { Statistics } from '../statistics.js';
import type { SubscribeOptions, Subscription } from '../subscription.js';
import { addressesOf } from './addresses.js';
import { Painter } from './painter.js';
import { PlanB } from './plan-b.js';
import { type BorrowedClient, borrowClient } from './shared-clients.js';

/** Failures in a row after which pictures are had otherwise. */
const PATIENCE = 2;
/** Milliseconds, and intervals of a slow camera, after which a newer picture should have come. */
const OVERDUE = 1500;
const OVERDUE_INTERVALS = 3;
/** Milliseconds before what was refused for being too much is asked for again: others may have left. */
const AGAIN_AFTER = 5000;

/** How pictures come. */
export type Transport = 'websocket' | 'stream' | 'snapshots' | 'none';

/** The camera's state, or why there are no pictures of it. */
export type ViewState = CameraInfo['state'] | 'connecting' | 'offline' | 'unknown' | 'refused';

export interface FeedOptions {
  readonly server: string;
  /** The first there is when undefined. */
  readonly camera: string | undefined;
  readonly wishes: SubscribeOptions;
}

/** Where pictures are shown. */
export interface Screen {
  readonly canvas: HTMLCanvasElement;
  /** Shows an image in the place of the canvas, or the canvas again. */
  show(image: HTMLImageElement | undefined): void;
}

/** The pictures of one camera on a screen, however they come, until it is closed. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #screen: Screen;
  readonly #changed: () => void;
  readonly #borrowed: BorrowedClient;
  readonly #off: readonly (() => void)[];
  #subscription: Subscription | undefined;
  #painter: Painter | undefined;
  /** What the canvas shows. */
  #painted: Picture | undefined;
  #refusal: string | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #planB: PlanB | undefined;
  #closed = false;

  /** @param changed told when state or transport may be another */
  constructor(options: FeedOptions, screen: Screen, changed: () => void) {
    this.#options = options;
    this.#screen = screen;
    this.#changed = changed;
    this.#borrowed = borrowClient(options.server);
    const { client } = this.#borrowed;
    client.hurry();
    this.#off = [
      // The client asks for all subscriptions when it is up, which it says next: one made now would be asked for twice.
      client.on('cameras', () => queueMicrotask(() => this.#subscribe())),
      client.on('up', () => this.#found()),
      client.on('down', () => this.#lost()),
    ];
    if (this.#borrowed.failures > 0) this.#lost();
    this.#subscribe();
  }

  /** What is known of the camera. */
  get info(): CameraInfo | undefined {
    if (this.#planB) return this.#planB.info;
    const { cameras } = this.#borrowed.client;
    const { camera } = this.#options;
    return camera === undefined ? cameras[0] : cameras.find(({ name }) => name === camera);
  }

  get state(): ViewState {
    if (this.#planB) return stateOf(this.#planB);
    if (!this.#borrowed.client.connected) return this.#borrowed.failures > 0 ? 'offline' : 'connecting';
    if (!this.info) return 'unknown';
    return this.#refusal === undefined ? this.info.state : 'refused';
  }

  /** Why the hub gives no pictures, in its words. */
  get refusal(): string | undefined {
    return this.state === 'refused' ? this.#refusal : undefined;
  }

  get transport(): Transport {
    if (this.#planB) return this.#planB.transport;
    return this.#borrowed.client.connected ? 'websocket' : 'none';
  }

  get statistics(): Statistics | undefined {
    return this.#planB ? undefined : this.#subscription?.statistics();
  }

  /**
   * Milliseconds between the capture of the newest picture and its painting; and when no other has followed for a while,
   * how old it is by now. Undefined where that is not known.
   */
  get age(): number | undefined {
    const painted = this.#painted;
    if (this.#planB || !painted || painted.placeholder) return undefined;
    const now = Date.now() + (this.#borrowed.client.clock?.offset ?? 0) - painted.capturedAt;
    const interval = 1000 / (this.info?.fps.nominal ?? 30);
    return now > Math.max(OVERDUE, OVERDUE_INTERVALS * interval) ? now : this.statistics?.age;
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#off) off();
    this.#endPlanB();
    this.#unsubscribe();
    this.#borrowed.giveBack();
  }

  /** As soon as the camera is known: without a name it is the first, whichever that is. */
  #subscribe(): void {
    if (this.#closed) return;
    const camera = this.info?.name;
    if (camera !== undefined && this.#subscription?.camera !== camera) {
      this.#unsubscribe();
      const subscription = this.#borrowed.client.subscribe(camera, this.#options.wishes);
      const painter = new Painter(this.#screen.canvas, (picture, shown) => {
        if (shown) this.#painted = picture;
        subscription.done(picture);
      });
      subscription.on('picture', (picture) => {
        this.#refusal = undefined;
        painter.show(picture);
      });
      subscription.on('error', (error) => this.#refuse(error));
      this.#subscription = subscription;
      this.#painter = painter;
    }
    this.#changed();
  }

  #unsubscribe(): void {
    clearTimeout(this.#again);
    this.#painter?.close();
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#refusal = undefined;
  }

  #refuse({ code, message }: FramehubClientError): void {
    // The list of cameras tells that too.
    if (code === 'CLIENT_CAMERA_LEFT') return;
    if (this.#refusal !== message)
      console.warn(`framehub: no pictures of ${this.#subscription?.camera}: ${message} (${code})`);
    this.#refusal = message;
    clearTimeout(this.#again);
    if (code.includes('_TOO_MANY_')) this.#again = setTimeout(() => this.#askAgain(), AGAIN_AFTER);
    this.#changed();
  }

  /** What was refused is said until there are pictures. */
  #askAgain(): void {
    const refusal = this.#refusal;
    this.#unsubscribe();
    this.#refusal = refusal;
    this.#subscribe();
  }

  #lost(): void {
    if (this.#borrowed.failures >= PATIENCE && !this.#planB) {
      const { server, camera, wishes } = this.#options;
      const show = (image: HTMLImageElement): void => this.#screen.show(image);
      this.#planB = new PlanB(addressesOf(server, camera, wishes), show, this.#changed);
    }
    this.#changed();
  }

  /** What was refused before is asked for anew by now. */
  #found(): void {
    this.#refusal = undefined;
    this.#endPlanB();
    this.#changed();
  }

  #endPlanB(): void {
    if (!this.#planB) return;
    this.#planB.close();
    this.#planB = undefined;
    this.#screen.show(undefined);
  }
}

/** A camera that is live is not shown to be while nothing of it comes here. */
function stateOf({ info, answers, shows }: PlanB): ViewState {
  if (!info) return answers ? 'connecting' : 'offline';
  return info.state === 'live' && !shows ? 'connecting' : info.state;
}
