import type { CameraInfo } from '../protocol.js';
import type { Statistics } from '../statistics.js';
import type { SubscribeOptions } from '../subscription.js';
import { addressesOf } from './addresses.js';
import { PlanA } from './plan-a.js';
import { PlanB } from './plan-b.js';
import { type BorrowedClient, borrowClient } from './shared-clients.js';

/** Failures in a row after which pictures are had otherwise. */
const PATIENCE = 2;

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
  #planA: PlanA | undefined;
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
    return this.refusal === undefined ? this.info.state : 'refused';
  }

  /** Why the hub gives no pictures, in its words. */
  get refusal(): string | undefined {
    return this.#planB ? undefined : this.#planA?.refusal;
  }

  get transport(): Transport {
    if (this.#planB) return this.#planB.transport;
    return this.#borrowed.client.connected ? 'websocket' : 'none';
  }

  get statistics(): Statistics | undefined {
    return this.#planB ? undefined : this.#planA?.statistics;
  }

  /** Milliseconds from capture to painting, or how old the picture is by now; undefined where that is not known. */
  get age(): number | undefined {
    return this.#planB ? undefined : this.#planA?.ageAt(this.info?.fps.nominal ?? 30);
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#off) off();
    this.#endPlanB();
    this.#planA?.close();
    this.#borrowed.giveBack();
  }

  /** As soon as the camera is known: without a name it is the first, whichever that is. */
  #subscribe(): void {
    if (this.#closed) return;
    const camera = this.info?.name;
    if (camera !== undefined && this.#planA?.camera !== camera) {
      this.#planA?.close();
      const { client } = this.#borrowed;
      this.#planA = new PlanA(client, camera, this.#options.wishes, this.#screen.canvas, this.#changed);
    }
    this.#changed();
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

/** A camera that is live is not shown to be while nothing of it comes here. */
function stateOf({ info, answers, shows }: PlanB): ViewState {
  if (!info) return answers ? 'connecting' : 'offline';
  return info.state === 'live' && !shows ? 'connecting' : info.state;
}
