import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FrameBus } from '@framehub/broker';
import {
  type FrameHolders,
  FramehubError,
  type GatewayTraffic,
  type JpegFrame,
  jpegTopic,
  type Logger,
  type Subscription,
} from '@framehub/frame';
import type { ViewerLimit } from '../clients.js';
import { readStreamOptions, type StreamOptions } from '../query.js';
import type { FrameTarget } from '../target.js';
import type { LimitUnsentBytes } from './unsent-bytes.js';
import { Viewer } from './viewer.js';
import { PROLOGUE, PROLOGUE_AND_ADVANCE, STREAM_TYPE } from './wire.js';

/** Time between two checks of all viewers: for a frame that waits, one to repeat, and a connection that has stalled. */
const CHECK_INTERVAL_MS = 100;
const CHECKS_PER_SECOND = 1000 / CHECK_INTERVAL_MS;

const HEADERS = {
  'Content-Type': STREAM_TYPE,
  'Cache-Control': 'no-store, no-cache, must-revalidate, max-age=0',
  Pragma: 'no-cache',
  Expires: '0',
  // nginx would buffer frames.
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

export interface StreamsContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly viewerLimit: ViewerLimit;
  readonly holders: FrameHolders;
  readonly traffic: GatewayTraffic;
  readonly limitUnsentBytes: LimitUnsentBytes;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly repeatAfter: number;
  /** Milliseconds. */
  readonly stallTimeout: number;
}

/** All MJPEG streams of the gateway. */
export class Streams {
  readonly #context: StreamsContext;
  /** The viewers, each with the function that ends its stream. */
  readonly #viewers = new Map<Viewer, () => void>();
  /** Those, and viewers whose stream has ended while their last part is still being sent. */
  readonly #connected = new Set<Viewer>();
  readonly #sockets = new WeakSet<Socket>();
  #timer: NodeJS.Timeout | undefined;
  #checks = 0;

  constructor(context: StreamsContext) {
    this.#context = context;
  }

  /** The viewers of a camera, as a copy. */
  viewersOf(camera: string): readonly Viewer[] {
    return [...this.#viewers.keys()].filter((viewer) => viewer.camera === camera);
  }

  /** Whether a connection carries a stream, so that nothing else can be sent over it. */
  carries(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  /**
   * Answers a request with a stream.
   *
   * @param client key of the client, for limits
   * @throws FramehubError while nothing is sent yet: `HTTP_BAD_QUERY`, `RENDITION_INVALID`, `HTTP_BAD_REQUEST`,
   *   `HTTP_TOO_MANY_VIEWERS`, and what the broker throws
   */
  open(req: IncomingMessage, res: ServerResponse, { camera, query }: FrameTarget, client: string): void {
    const options = optionsFor(req, readStreamOptions(query));
    if (req.method === 'HEAD') {
      res.writeHead(200, HEADERS).end();
      return;
    }
    const { socket } = res;
    // Another request of the same connection has not been answered yet.
    if (!socket) throw new FramehubError('HTTP_BAD_REQUEST', 'a stream needs a connection of its own');
    const { broker, traffic, viewerLimit, holders } = this.#context;
    const id = randomBytes(8).toString('hex');
    const viewer = new Viewer({ id, camera, options, socket, traffic: traffic.of(camera) });
    const topic = jpegTopic(camera, options.rendition);
    const leave = viewerLimit.enter(client, () => socket.destroy());
    let subscription: Subscription;
    try {
      subscription = broker.subscribe(topic, (frame) => viewer.show(frame), { fps: options.fps, client });
    } catch (error) {
      leave();
      throw error;
    }
    this.#begin(res, viewer, socket);
    const latest = broker.latest(topic);
    if (latest) viewer.show(latest);
    const end = (): void => {
      subscription.close();
      leave();
      this.#end(viewer);
      // After the part that is being sent.
      socket.destroySoon();
    };
    this.#viewers.set(viewer, end);
    this.#connected.add(viewer);
    res.once('close', end);
    const drop = (): void => {
      traffic.clientsDropped.add('memory');
      socket.destroy();
    };
    const release = holders.add({ client, held: () => viewer.held, drop });
    socket.once('close', () => {
      release();
      this.#forget(viewer);
    });
  }

  /** Ends the streams of all cameras but these. */
  keepOnly(cameras: readonly string[]): void {
    for (const [viewer, end] of [...this.#viewers]) if (!cameras.includes(viewer.camera)) end();
  }

  /** Ends all streams at once. */
  close(): void {
    this.keepOnly([]);
  }

  /** Sends the headers of the response through Node's `http`. From then on parts are written directly to the socket. */
  #begin(res: ServerResponse, viewer: Viewer, socket: Socket): void {
    const { key, advanceHeaders } = viewer.options;
    // Old clients do not know chunks, and a body without end needs none.
    res.removeHeader('Transfer-Encoding');
    if (key !== undefined) res.setHeader('Set-Cookie', `stream_client=${key}/${viewer.id}; path=/; max-age=30`);
    res.writeHead(200, HEADERS);
    res.flushHeaders();
    socket.setNoDelay(true);
    this.#context.limitUnsentBytes(socket);
    socket.write(advanceHeaders ? PROLOGUE_AND_ADVANCE : PROLOGUE);
    // A camera may deliver nothing for a long time; viewers that read nothing are found by the regular check.
    socket.setTimeout(0);
    this.#sockets.add(socket);
    viewer.traffic.viewers += 1;
    this.#context.logger.info(
      { camera: viewer.camera, viewer: viewer.id, from: socket.remoteAddress },
      'a viewer connected',
    );
    this.#timer ??= setInterval(() => this.#check(), CHECK_INTERVAL_MS);
  }

  #end(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    viewer.traffic.viewers -= 1;
    this.#context.logger.info({ camera: viewer.camera, viewer: viewer.id }, 'a viewer disconnected');
  }

  #forget(viewer: Viewer): void {
    this.#connected.delete(viewer);
    if (this.#connected.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    const now = performance.now();
    const maxBusyChecks = Math.ceil(this.#context.stallTimeout / CHECK_INTERVAL_MS);
    this.#checks += 1;
    const isSecondOver = this.#checks % CHECKS_PER_SECOND === 0;
    for (const viewer of this.#viewers.keys()) {
      viewer.sendWaiting(now, this.#context.repeatAfter);
      if (isSecondOver) viewer.measureFps();
    }
    for (const viewer of this.#connected) if (viewer.countBusyCheck() > maxBusyChecks) this.#dropStalled(viewer);
  }

  #dropStalled(viewer: Viewer): void {
    this.#context.traffic.clientsDropped.add('stalled');
    this.#context.logger.warn(
      { camera: viewer.camera, viewer: viewer.id },
      'a viewer did not read a whole part in time and was closed',
    );
    this.#forget(viewer);
    viewer.destroy();
  }
}

/**
 * Chromium's image loader is one frame behind unless headers are sent in advance. It is recognized by what it accepts: a
 * page's `fetch`, and other programs, accept everything alike and get `Content-Length`.
 */
function optionsFor({ headers }: IncomingMessage, options: StreamOptions): StreamOptions {
  const chromium = /Chrom(e|ium)\//.test(headers['user-agent'] ?? '') && /\bimage\/apng\b/.test(headers.accept ?? '');
  const plain = !options.extraHeaders && !options.zeroData;
  return chromium && plain ? { ...options, advanceHeaders: true } : options;
}
