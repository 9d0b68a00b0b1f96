import type { Picture } from '../picture.js';
import type { CameraInfo } from '../protocol.js';
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

/** How pictures come. */
export type Transport = 'websocket' | 'stream' | 'snapshots' | 'none';

/** The camera's state, or why nothing is known of it. */
export type ViewState = CameraInfo['state'] | 'connecting' | 'offline' | 'unknown';

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
  #planB: PlanB | undefined;

  /** @param changed told when state or transport may be another */
  constructor(options: FeedOptions, screen: Screen, changed: () => void) {
    this.#options = options;
    this.#screen = screen;
    this.#changed = changed;
    this.#borrowed = borrowClient(options.server);
    const { client } = this.#borrowed;
    client.hurry();
    this.#off = [
      client.on('cameras', () => this.#subscribe()),
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
    if (this.#planB) return this.#planB.info?.state ?? (this.#planB.answers ? 'connecting' : 'offline');
    if (!this.#borrowed.client.connected) return this.#borrowed.failures > 0 ? 'offline' : 'connecting';
    return this.info?.state ?? 'unknown';
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
    for (const off of this.#off) off();
    this.#endPlanB();
    this.#unsubscribe();
    this.#borrowed.giveBack();
  }

  /** As soon as the camera is known: without a name it is the first, whichever that is. */
  #subscribe(): void {
    const camera = this.info?.name;
    if (camera !== undefined && this.#subscription?.camera !== camera) {
      this.#unsubscribe();
      const subscription = this.#borrowed.client.subscribe(camera, this.#options.wishes);
      const painter = new Painter(this.#screen.canvas, (picture, shown) => {
        if (shown) this.#painted = picture;
        subscription.done(picture);
      });
      subscription.on('picture', (picture) => painter.show(picture));
      this.#subscription = subscription;
      this.#painter = painter;
    }
    this.#changed();
  }

  #unsubscribe(): void {
    this.#painter?.close();
    this.#subscription?.close();
  }

  #lost(): void {
    if (this.#borrowed.failures >= PATIENCE && !this.#planB) {
      const { server, camera, wishes } = this.#options;
      const show = (image: HTMLImageElement): void => this.#screen.show(image);
      this.#planB = new PlanB(addressesOf(server, camera, wishes), show, this.#changed);
    }
    this.#changed();
  }

  #found(): void {
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
