import type { FrameBus } from '@framehub/broker';
import {
  type CameraTraffic,
  type Hub,
  type JpegFrame,
  jpegTopic,
  type Rendition,
  type Subscription,
} from '@framehub/frame';
import { type Farewell, GOING_AWAY } from './farewell.js';
import type { FrameWire } from './frame-wire.js';

export interface BareContext {
  readonly hub: Hub;
  readonly broker: FrameBus<JpegFrame>;
  /** Of its camera. */
  readonly traffic: CameraTraffic;
  /** Key of the client. */
  readonly client: string;
  readonly end: Farewell;
}

/**
 * A connection that wants nothing but JPEGs, each a message: for a page of five lines. It has no credits, so it is sent
 * the newest frame each time its socket has taken the last. It ends with its camera: nothing else could be said on it.
 */
export class BareConnection {
  readonly #wire: FrameWire;
  readonly #traffic: CameraTraffic;
  readonly #subscription: Subscription;
  readonly #listening: Subscription;
  #frame: JpegFrame | undefined;
  #closed = false;

  /** @throws what `subscribe` throws */
  constructor(
    wire: FrameWire,
    { hub, broker, traffic, client, end }: BareContext,
    wish: { readonly camera: string; readonly rendition: Rendition; readonly fps: number },
  ) {
    this.#wire = wire;
    this.#traffic = traffic;
    const topic = jpegTopic(wish.camera, wish.rendition);
    this.#subscription = broker.subscribe(topic, (frame) => this.#show(frame), { fps: wish.fps, client });
    this.#listening = hub.subscribe(({ type }) => {
      if (type !== 'cameras' || hub.cameras().some(({ name }) => name === wish.camera)) return;
      end(GOING_AWAY, `${wish.camera} is no longer among the cameras`);
    });
    traffic.viewers += 1;
    const newest = broker.latest(topic);
    if (newest && !wire.busy) this.#show(newest);
  }

  flush(): void {
    const frame = this.#frame;
    if (!frame || this.#wire.busy) return;
    this.#frame = undefined;
    this.#traffic.count(frame, this.#wire.sendBare(frame));
    this.#traffic.observeAge(frame);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening.close();
    this.#subscription.close();
    this.#traffic.viewers -= 1;
  }

  #show(frame: JpegFrame): void {
    if (this.#frame) this.#traffic.skipped += 1;
    this.#frame = frame;
    this.flush();
  }
}
