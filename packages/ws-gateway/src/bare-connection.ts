import type { Subscription, TopicReader } from '@framehub/broker';
import { type CameraTraffic, type JpegFrame, jpegTopic, type Rendition } from '@framehub/frame';
import type { FrameWire } from './frame-wire.js';

/**
 * A connection that wants nothing but JPEGs, each a message: for a page of five lines. It has no credits, so it is sent
 * the newest frame each time its socket has taken the last.
 */
export class BareConnection {
  readonly #wire: FrameWire;
  readonly #traffic: CameraTraffic;
  readonly #subscription: Subscription;
  #frame: JpegFrame | undefined;
  #closed = false;

  /** @throws what `subscribe` throws */
  constructor(
    wire: FrameWire,
    broker: TopicReader<JpegFrame>,
    traffic: CameraTraffic,
    wish: { readonly camera: string; readonly rendition: Rendition; readonly fps: number },
  ) {
    this.#wire = wire;
    this.#traffic = traffic;
    const topic = jpegTopic(wish.camera, wish.rendition);
    this.#subscription = broker.subscribe(topic, (frame) => this.#show(frame), { fps: wish.fps });
    traffic.viewers += 1;
    const newest = broker.retained(topic);
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
    this.#subscription.close();
    this.#traffic.viewers -= 1;
  }

  #show(frame: JpegFrame): void {
    if (this.#frame) this.#traffic.skipped += 1;
    this.#frame = frame;
    this.flush();
  }
}
