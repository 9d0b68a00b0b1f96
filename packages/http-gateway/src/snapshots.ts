import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FrameBus } from '@framehub/broker';
import {
  type CameraStatus,
  type CameraTraffic,
  type CameraView,
  type FrameHolders,
  FramehubError,
  type GatewayTraffic,
  type Hub,
  type JpegFrame,
  jpegTopic,
  type StillSize,
  within,
} from '@framehub/frame';
import type { ViewerLimit } from './clients.js';
import { matchesEtag } from './etag.js';
import { readSnapshotOptions, type SnapshotOptions } from './query.js';
import { seconds } from './stream/wire.js';
import { type FrameTarget, findCamera } from './target.js';

export interface SnapshotsContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly hub: Hub;
  readonly viewerLimit: ViewerLimit;
  readonly holders: FrameHolders;
  readonly traffic: GatewayTraffic;
  /** Milliseconds that a request waits for its frame, unless it says otherwise. */
  readonly snapshotTimeout: number;
}

/** A request that waits for its frame. */
interface SnapshotRequest {
  readonly view: CameraView;
  readonly options: SnapshotOptions;
  /** Unix milliseconds: the frame must have been captured then or later. */
  readonly notBefore: number;
  readonly client: string;
  /** Aborted to end the waiting. */
  readonly waiting: AbortController;
}

/** Answers requests with one frame each. */
export class Snapshots {
  readonly #context: SnapshotsContext;
  /** The requests that wait for a frame, with their cameras. Each has a controller of its own, which is freed with it. */
  readonly #waiting = new Map<AbortController, string>();
  #closing = false;

  constructor(context: SnapshotsContext) {
    this.#context = context;
  }

  /**
   * @param client key that limits are shared by
   * @throws FramehubError while nothing is sent yet: `HTTP_NO_FRAME`, `HTTP_BAD_QUERY`, `HTTP_TOO_MANY_VIEWERS`,
   *   `CAMERA_UNKNOWN` if the camera is removed meanwhile, `HTTP_CLOSING`, and what the broker and the camera throw
   */
  async answer(
    req: IncomingMessage,
    res: ServerResponse,
    { camera, query }: FrameTarget,
    client: string,
  ): Promise<void> {
    const requestedAt = Date.now();
    const { hub, viewerLimit, holders, traffic, snapshotTimeout } = this.#context;
    const { view } = findCamera(hub, camera);
    const interval = 1000 / (view.status().fps.nominal || Number.POSITIVE_INFINITY);
    const options = readSnapshotOptions(query, snapshotTimeout, interval);
    if (this.#closing) throw closing();
    const cameraTraffic = traffic.of(camera);
    const waiting = new AbortController();
    let isDisplaced = false;
    const leave = viewerLimit.enter(client, () => {
      isDisplaced = true;
      waiting.abort();
      // Until the client has read it, the frame stays in memory.
      if (res.headersSent) res.destroy();
    });
    this.#waiting.set(waiting, camera);
    onClose(res, req.socket, () => {
      waiting.abort();
      leave();
    });
    const request = { view, options, notBefore: requestedAt - options.maxAge, client, waiting };
    const pending = options.size === undefined ? this.#nextFrame(request) : takeStill(request, options.size);
    const frame = await pending.finally(() => this.#waiting.delete(waiting));
    if (res.destroyed) return;
    if (isDisplaced) throw viewerLimit.error();
    if (!frame && this.#closing) throw closing();
    if (!frame) throw noFrame(findCamera(hub, camera).view.status(), options.timeout);
    const drop = (): void => {
      traffic.clientsDropped.add('memory');
      req.socket.destroy();
    };
    onClose(res, req.socket, holders.add({ client, held: () => frame, drop }));
    sendFrame(req, res, { camera, frame, traffic: cameraTraffic });
  }

  /** Ends the waiting for cameras that are not among these. */
  keepOnly(cameras: readonly string[]): void {
    for (const [waiting, camera] of this.#waiting) if (!cameras.includes(camera)) waiting.abort();
  }

  /** Ends all waiting. */
  close(): void {
    this.#closing = true;
    this.keepOnly([]);
  }

  /**
   * Waits for a frame of the stream that is recent enough; this wakes a camera on standby. A placeholder is no such frame,
   * but is returned where it is allowed and there is no other. Resolves to undefined where there is no frame.
   */
  async #nextFrame({ view, options, notBefore, client, waiting }: SnapshotRequest): Promise<JpegFrame | undefined> {
    const { broker, hub } = this.#context;
    const { rendition, allowPlaceholder, timeout } = options;
    const topic = jpegTopic(view.name, rendition);
    let newest = broker.latest(topic);
    const isFresh = (frame: JpegFrame): boolean => frame.placeholder === undefined && frame.capturedAt >= notBefore;
    const placeholder = (): JpegFrame | undefined =>
      allowPlaceholder && newest?.placeholder !== undefined ? newest : undefined;
    const isHopeless = (): boolean => isDown(view.status()) && (!allowPlaceholder || placeholder() !== undefined);
    if (newest && isFresh(newest)) return newest;
    if (isHopeless()) return placeholder();
    const accept = (frame: JpegFrame): boolean => {
      newest = frame;
      const fresh = isFresh(frame);
      if (!fresh && isHopeless()) waiting.abort();
      return fresh;
    };
    const watching = hub.subscribe((event) => {
      if (event.type === 'state' && event.camera === view.name && isHopeless()) waiting.abort();
    });
    const subscribing = new AbortController();
    try {
      const next = broker.next(topic, { accept, client, signal: subscribing.signal });
      return (await within(next, timeout, waiting.signal)) ?? placeholder();
    } finally {
      subscribing.abort();
      watching.close();
    }
  }
}

/**
 * Takes a still, within the time limit. The hub gives equal requests the same one: if that had begun too long before this
 * request, another one is taken.
 */
async function takeStill(
  { view, options, notBefore, waiting }: SnapshotRequest,
  size: StillSize,
): Promise<JpegFrame | undefined> {
  const take = async (): Promise<JpegFrame> => {
    const still = await view.still(size, options.rendition);
    return still.capturedAt >= notBefore ? still : view.still(size, options.rendition);
  };
  return isDown(view.status()) ? undefined : within(take(), options.timeout, waiting.signal);
}

/**
 * True for a camera that delivers no frame until something changes. One that starts is not down, even while viewers see a
 * placeholder; neither is one that has just failed, and may recover before they see any.
 */
function isDown({ state, placeholder }: CameraStatus): boolean {
  return state === 'off' || state === 'closed' || (state === 'retrying' && placeholder !== undefined);
}

/** @param timeout milliseconds that the request has waited */
function noFrame(status: CameraStatus, timeout: number): FramehubError {
  const { name, state, error, placeholder } = status;
  const what = isDown(status) ? 'delivers no frames' : `delivered no frame within ${timeout} ms`;
  const camera = { name, state, error: error ?? null, placeholder: placeholder ?? null };
  return new FramehubError('HTTP_NO_FRAME', `${name} ${what}; it is ${state}${reasonOf(status)}`, { camera });
}

function reasonOf({ name, state, error, placeholder }: CameraStatus): string {
  if (state === 'off') return `: PATCH /api/cameras/${name} with {"enabled": true} switches it on`;
  const reason = error?.message ?? placeholder;
  return reason === undefined ? '' : `: ${reason}`;
}

function closing(): FramehubError {
  return new FramehubError('HTTP_CLOSING', 'framehub is stopping: try again later');
}

/** Sends one frame, or 304 to a client that has it. */
function sendFrame(
  req: IncomingMessage,
  res: ServerResponse,
  { camera, frame, traffic }: { readonly camera: string; readonly frame: JpegFrame; readonly traffic: CameraTraffic },
): void {
  const { placeholder } = frame;
  // Sequence numbers begin anew when a camera is restarted. With the time, no tag occurs twice.
  const tag = `"${camera}-${frame.sequence.toString(36)}-${Math.round(frame.capturedAt * 1000).toString(36)}"`;
  const headers = {
    ETag: tag,
    'Cache-Control': 'no-store',
    'X-Timestamp': seconds(frame.capturedAt),
    'X-UStreamer-Online': String(placeholder === undefined),
    'X-UStreamer-Width': String(frame.width),
    'X-UStreamer-Height': String(frame.height),
    ...(placeholder !== undefined && { 'X-Framehub-Placeholder': placeholder }),
  };
  if (matchesEtag(req.headers['if-none-match'], tag)) {
    res.writeHead(304, headers).end();
    return;
  }
  res.writeHead(200, { ...headers, 'Content-Type': 'image/jpeg', 'Content-Length': frame.data.length });
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  traffic.count(frame, frame.data.length);
  res.end(frame.data);
}

/**
 * Calls the listener once, when a response has been sent or its connection is closed. Node emits no 'close' for the second
 * on a response that waits behind another one of the same connection.
 */
function onClose(res: ServerResponse, socket: Socket, listener: () => void): void {
  const close = (): void => {
    res.off('close', close);
    socket.off('close', close);
    listener();
  };
  res.on('close', close);
  socket.on('close', close);
}
