import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FrameBus, SubscribeOptions } from '@framehub/broker';
import {
  type FrameHolders,
  FramehubError,
  type GatewayTraffic,
  type JpegFrame,
  jpegTopic,
  type Logger,
  type Subscription,
} from '@framehub/frame';
import { readStreamWishes, type StreamWishes } from '../query.js';
import type { Seats } from '../seats.js';
import type { PictureTarget } from '../target.js';
import type { LowWater } from './low-water.js';
import { Viewer } from './viewer.js';
import { PROLOGUE, PROLOGUE_AND_ADVANCE, STREAM_TYPE } from './wire.js';

/** Milliseconds between two looks at all viewers: who has a frame waiting, or needs one again. */
const TICK = 100;
const TICKS_A_SECOND = 1000 / TICK;

const HEADERS = {
  'Content-Type': STREAM_TYPE,
  'Cache-Control': 'no-store, no-cache, must-revalidate, max-age=0',
  Pragma: 'no-cache',
  Expires: '0',
  // nginx would hold frames back.
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

export interface StreamsContext {
  readonly broker: FrameBus<JpegFrame>;
  readonly seats: Seats;
  readonly holders: FrameHolders;
  readonly traffic: GatewayTraffic;
  readonly lowWater: LowWater;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly repeatAfter: number;
  /** Milliseconds. */
  readonly stallTimeout: number;
}

/** All MJPEG streams of the gateway. */
export class Streams {
  /** By viewer, what ends its stream. */
  readonly #viewers = new Map<Viewer, () => void>();
  /** Those, and viewers of streams that have ended and whose last part is on its way. */
  readonly #connected = new Set<Viewer>();
  readonly #sockets = new WeakSet<Socket>();
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(private readonly context: StreamsContext) {}

  /** A copy. */
  viewersOf(camera: string): readonly Viewer[] {
    return [...this.#viewers.keys()].filter((viewer) => viewer.camera === camera);
  }

  /** True for a connection that carries a stream: it has no room for another answer. */
  carries(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  /**
   * Answers a request with a stream. Throws what makes that impossible, while nothing is sent yet.
   *
   * @param client key under which its place is shared
   */
  open(req: IncomingMessage, res: ServerResponse, { camera, query }: PictureTarget, client: string): void {
    const wishes = withBrowserNeeds(readStreamWishes(query), req);
    if (req.method === 'HEAD') {
      res.writeHead(200, HEADERS).end();
      return;
    }
    const { socket } = res;
    // A request that came while another is being answered on the same connection.
    if (!socket) throw new FramehubError('HTTP_BAD_REQUEST', 'a stream needs a connection of its own');
    const { broker, traffic } = this.context;
    const id = randomBytes(8).toString('hex');
    const viewer = new Viewer(id, camera, wishes, socket, traffic.of(camera));
    const topic = jpegTopic(camera, wishes.rendition);
    const leave = this.context.seats.take(client, () => socket.destroy());
    let begun = false;
    const show = (frame: JpegFrame): void => {
      if (begun) viewer.show(frame);
    };
    const subscription = this.#subscribe(leave, topic, show, { fps: wishes.fps, client });
    this.#begin(res, viewer, socket);
    begun = true;
    const newest = broker.latest(topic);
    if (newest) viewer.show(newest);
    const end = (): void => {
      subscription.close();
      leave();
      this.#end(viewer);
      // The part that is on its way is a whole one.
      socket.destroySoon();
    };
    this.#viewers.set(viewer, end);
    this.#connected.add(viewer);
    res.once('close', end);
    const letGo = this.context.holders.add({
      client,
      held: () => viewer.held,
      drop: () => {
        traffic.clientsDropped.add('memory');
        socket.destroy();
      },
    });
    socket.once('close', () => {
      letGo();
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

  #subscribe(
    leave: () => void,
    topic: string,
    listener: (frame: JpegFrame) => void,
    options: SubscribeOptions,
  ): Subscription {
    try {
      return this.context.broker.subscribe(topic, listener, options);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Sends the head of the answer by http's own means; from there on parts go straight to the socket. */
  #begin(res: ServerResponse, viewer: Viewer, socket: Socket): void {
    const { key, advanceHeaders } = viewer.wishes;
    // Old clients know no chunks, and a body without end needs none.
    res.removeHeader('Transfer-Encoding');
    if (key !== undefined) res.setHeader('Set-Cookie', `stream_client=${key}/${viewer.id}; path=/; max-age=30`);
    res.writeHead(200, HEADERS);
    res.flushHeaders();
    socket.setNoDelay(true);
    this.context.lowWater(socket);
    socket.write(advanceHeaders ? PROLOGUE_AND_ADVANCE : PROLOGUE);
    // Silence is no fault here: a camera may give nothing for long, and who takes nothing is found by the tick.
    socket.setTimeout(0);
    this.#sockets.add(socket);
    viewer.traffic.viewers += 1;
    this.context.logger.info({ camera: viewer.camera, viewer: viewer.id, from: socket.remoteAddress }, 'a viewer came');
    this.#timer ??= setInterval(() => this.#tick(), TICK);
  }

  #end(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    viewer.traffic.viewers -= 1;
    this.context.logger.info({ camera: viewer.camera, viewer: viewer.id }, 'a viewer went');
  }

  #forget(viewer: Viewer): void {
    this.#connected.delete(viewer);
    if (this.#connected.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = performance.now();
    const patience = Math.ceil(this.context.stallTimeout / TICK);
    this.#ticks += 1;
    const secondIsOver = this.#ticks % TICKS_A_SECOND === 0;
    for (const viewer of this.#viewers.keys()) {
      viewer.look(now, this.context.repeatAfter);
      if (secondIsOver) viewer.measure();
    }
    for (const viewer of this.#connected) if (viewer.countBusyLook() > patience) this.#dropStalled(viewer);
  }

  #dropStalled(viewer: Viewer): void {
    this.context.traffic.clientsDropped.add('stalled');
    this.context.logger.warn(
      { camera: viewer.camera, viewer: viewer.id },
      'a viewer did not take a whole part in time and was closed',
    );
    this.#forget(viewer);
    viewer.destroy();
  }
}

/**
 * Chromium's own picture loader is one frame behind unless headers come in advance. It is told by what it accepts: a page's
 * `fetch`, and any other program, accepts everything alike and gets `Content-Length`.
 */
function withBrowserNeeds(wishes: StreamWishes, { headers }: IncomingMessage): StreamWishes {
  const chromium = /Chrom(e|ium)\//.test(headers['user-agent'] ?? '') && /\bimage\/apng\b/.test(headers.accept ?? '');
  const plain = !wishes.extraHeaders && !wishes.zeroData;
  return chromium && plain ? { ...wishes, advanceHeaders: true } : wishes;
}
