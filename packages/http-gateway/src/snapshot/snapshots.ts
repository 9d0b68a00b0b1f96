import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FrameBus } from '@framehub/broker';
import {
  type CameraView,
  type FrameHolders,
  FramehubError,
  type GatewayTraffic,
  type Hub,
  type JpegFrame,
  jpegTopic,
} from '@framehub/frame';
import { cameraNamed } from '../find-camera.js';
import { onceOver } from '../once-over.js';
import { readSnapshotWishes, type SnapshotWishes } from '../query.js';
import type { Seats } from '../seats.js';
import type { PictureTarget } from '../target.js';
import { freshFrame } from './fresh-frame.js';
import { isDown, noPicture } from './no-picture.js';
import { sendFrame } from './send-frame.js';
import { settledWithin } from './settled-within.js';
import { Stills } from './stills.js';

export interface SnapshotsContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly hub: Hub;
  readonly seats: Seats;
  readonly holders: FrameHolders;
  readonly traffic: GatewayTraffic;
  /** Milliseconds. */
  readonly snapshotTimeout: number;
}

/** Answers with one frame. */
export class Snapshots {
  readonly #stills = new Stills();
  /** With the camera, one for each request that waits: AbortSignal.any would leave some bytes behind at a common signal, each time. */
  readonly #waiting = new Map<AbortController, string>();
  #closing = false;

  constructor(private readonly context: SnapshotsContext) {}

  /**
   * @throws FramehubError while nothing is sent yet: `HTTP_NO_FRAME`, `HTTP_BAD_QUERY`, `HTTP_TOO_MANY_VIEWERS`,
   *   `HTTP_TOO_MANY_STILLS`, `CAMERA_UNKNOWN` when the camera leaves meanwhile, `HTTP_CLOSING`, and what a still throws
   */
  async answer(
    req: IncomingMessage,
    res: ServerResponse,
    { camera, query }: PictureTarget,
    client: string,
  ): Promise<void> {
    const askedAt = Date.now();
    const { hub, seats, snapshotTimeout } = this.context;
    const { view } = cameraNamed(hub, camera);
    const interval = 1000 / (view.status().fps.nominal || Number.POSITIVE_INFINITY);
    const wishes = readSnapshotWishes(query, snapshotTimeout, interval);
    if (this.#closing) throw closing();
    const traffic = this.context.traffic.of(camera);
    const waiting = new AbortController();
    let isDisplaced = false;
    const leave = seats.take(client, () => {
      isDisplaced = true;
      waiting.abort();
      // A picture that is not being taken is kept in memory until then.
      if (res.headersSent) res.destroy();
    });
    this.#waiting.set(waiting, camera);
    onceOver(res, req.socket, () => {
      waiting.abort();
      leave();
    });
    const frame = await this.#frameFor(view, wishes, askedAt, waiting.signal, client).finally(() =>
      this.#waiting.delete(waiting),
    );
    if (res.destroyed) return;
    if (isDisplaced) throw seats.displaced();
    if (!frame && this.#closing) throw closing();
    if (!frame) throw noPicture(cameraNamed(hub, camera).view.status(), wishes.timeout);
    const drop = (): void => {
      this.context.traffic.clientsDropped.add('memory');
      req.socket.destroy();
    };
    onceOver(res, req.socket, this.context.holders.add({ client, held: () => frame, drop }));
    sendFrame(req, res, camera, frame, traffic);
  }

  /** Ends all waiting for cameras that are not among these. */
  keepOnly(cameras: readonly string[]): void {
    for (const [waiting, camera] of this.#waiting) if (!cameras.includes(camera)) waiting.abort();
  }

  /** Ends all waiting. */
  close(): void {
    this.#closing = true;
    this.keepOnly([]);
  }

  async #frameFor(
    view: CameraView,
    wishes: SnapshotWishes,
    askedAt: number,
    signal: AbortSignal,
    client: string,
  ): Promise<JpegFrame | undefined> {
    const { rendition, size, timeout, orCard } = wishes;
    const { broker, hub } = this.context;
    const notBefore = askedAt - wishes.maxAge;
    const isHopeless = () => isDown(view.status());
    if (size === undefined) {
      const topic = jpegTopic(view.name, rendition);
      const watch = (listener: () => void) =>
        hub.subscribe((event) => {
          if (event.type === 'state' && event.camera === view.name) listener();
        });
      return freshFrame(broker, topic, { notBefore, timeout, orCard, signal, client, isHopeless, watch });
    }
    if (isHopeless()) return undefined;
    return settledWithin(this.#stills.take(view, size, rendition, notBefore), timeout, signal);
  }
}

function closing(): FramehubError {
  return new FramehubError('HTTP_CLOSING', 'framehub is stopping: try again later');
}
