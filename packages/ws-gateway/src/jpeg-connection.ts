import type { FrameBus } from '@framehub/broker';
import { type CameraTraffic, type Hub, type JpegFrame, jpegTopic, type Subscription } from '@framehub/frame';
import type { WsAddress } from './address.js';
import { type CloseConnection, GOING_AWAY } from './close.js';
import type { FrameWriter } from './frame-writer.js';

export interface JpegConnectionContext {
  readonly hub: Hub;
  readonly broker: FrameBus<JpegFrame>;
  /** Counts of the camera. */
  readonly traffic: CameraTraffic;
  /** Key of the client, for limits. */
  readonly client: string;
  readonly close: CloseConnection;
}

/**
 * A connection to `/ws/CAMERA`: each message is a JPEG, without header. There are no credits: the newest frame is sent
 * whenever the socket has taken the last one. The connection is closed when its camera is removed, as no message could
 * say so.
 */
export class JpegConnection {
  readonly #writer: FrameWriter;
  readonly #traffic: CameraTraffic;
  readonly #frames: Subscription;
  readonly #events: Subscription;
  #pending: JpegFrame | undefined;
  #closed = false;

  /** @throws what `broker.subscribe` throws */
  constructor(
    writer: FrameWriter,
    { hub, broker, traffic, client, close }: JpegConnectionContext,
    { camera, rendition, fps }: WsAddress & { readonly camera: string },
  ) {
    this.#writer = writer;
    this.#traffic = traffic;
    const topic = jpegTopic(camera, rendition);
    this.#frames = broker.subscribe(topic, (frame) => this.#offer(frame), { fps, client });
    this.#events = hub.subscribe(({ type }) => {
      if (type !== 'cameras' || hub.cameras().some(({ name }) => name === camera)) return;
      close(GOING_AWAY, `camera ${camera} was removed`);
    });
    traffic.viewers += 1;
    const latest = broker.latest(topic);
    if (latest) this.#offer(latest);
  }

  /** To be called when the socket has taken the last frame. */
  flush(): void {
    const frame = this.#pending;
    if (!frame || this.#writer.busy) return;
    this.#pending = undefined;
    this.#traffic.count(frame, this.#writer.sendJpeg(frame));
    this.#traffic.observeAge(frame);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.close();
    this.#frames.close();
    this.#traffic.viewers -= 1;
  }

  #offer(frame: JpegFrame): void {
    if (this.#pending) this.#traffic.skipped += 1;
    this.#pending = frame;
    this.flush();
  }
}
