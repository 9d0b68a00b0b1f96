import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TopicReader } from '@framehub/broker';
import { type CameraStatus, FramehubError, type JpegFrame, jpegTopic } from '@framehub/frame';
import type { Query } from '../address.js';
import { readSnapshotWishes } from '../query.js';
import type { Seats } from '../seats.js';
import { seconds } from '../stream/wire.js';
import type { CameraTraffic, Traffic } from '../traffic.js';
import { freshFrame } from './fresh-frame.js';

export interface SnapshotsContext {
  readonly broker: TopicReader<JpegFrame>;
  readonly seats: Seats;
  readonly traffic: Traffic;
  statusOf(camera: string): CameraStatus | undefined;
  /** Milliseconds. */
  readonly snapshotTimeout: number;
}

/** Answers with one frame. */
export class Snapshots {
  /** One for each request that waits: AbortSignal.any would leave some bytes behind at a common signal, each time. */
  readonly #waiting = new Set<AbortController>();
  #closing = false;

  constructor(private readonly context: SnapshotsContext) {}

  /** @throws FramehubError while nothing is sent yet: `HTTP_NO_FRAME`, `HTTP_BAD_QUERY`, `HTTP_TOO_MANY_VIEWERS`, `HTTP_CLOSING` */
  async answer(req: IncomingMessage, res: ServerResponse, camera: string, query: Query): Promise<void> {
    const askedAt = Date.now();
    const { broker, traffic, snapshotTimeout, statusOf } = this.context;
    const interval = 1000 / (statusOf(camera)?.fps.nominal || Number.POSITIVE_INFINITY);
    const { rendition, maxAge, timeout } = readSnapshotWishes(query, snapshotTimeout, interval);
    if (this.#closing) throw this.#noFrame(camera, timeout);
    const leave = this.context.seats.take();
    const waiting = new AbortController();
    this.#waiting.add(waiting);
    res.once('close', () => waiting.abort());
    const topic = jpegTopic(camera, rendition);
    const { signal } = waiting;
    const frame = await freshFrame(broker, topic, { notBefore: askedAt - maxAge, timeout, signal }).finally(() => {
      leave();
      this.#waiting.delete(waiting);
    });
    if (res.destroyed) return;
    if (!frame) throw this.#noFrame(camera, timeout);
    sendFrame(req, res, camera, frame, traffic.of(camera));
  }

  /** Ends all waiting. */
  close(): void {
    this.#closing = true;
    for (const waiting of this.#waiting) waiting.abort();
  }

  #noFrame(camera: string, timeout: number): FramehubError {
    if (this.#closing) return new FramehubError('HTTP_CLOSING', 'framehub is stopping: try again later');
    const status = this.context.statusOf(camera);
    const state = status?.state ?? 'closed';
    const reason = status?.error ? `: ${status.error.message}` : '';
    return new FramehubError(
      'HTTP_NO_FRAME',
      `${camera} gave no picture within ${timeout} ms; it is ${state}${reason}`,
      {
        camera: { name: camera, state, error: status?.error ?? null },
      },
    );
  }
}

function sendFrame(
  req: IncomingMessage,
  res: ServerResponse,
  camera: string,
  frame: JpegFrame,
  traffic: CameraTraffic,
): void {
  // Sequences start anew when a camera does; with the time, a tag never comes twice.
  const tag = `"${camera}-${frame.sequence.toString(36)}-${Math.round(frame.capturedAt * 1000).toString(36)}"`;
  const headers = {
    ETag: tag,
    'Cache-Control': 'no-store',
    'X-Timestamp': seconds(frame.capturedAt),
    'X-UStreamer-Online': 'true',
    'X-UStreamer-Width': String(frame.width),
    'X-UStreamer-Height': String(frame.height),
  };
  if (knows(req.headers['if-none-match'], tag)) {
    res.writeHead(304, headers).end();
    return;
  }
  res.writeHead(200, { ...headers, 'Content-Type': 'image/jpeg', 'Content-Length': frame.data.length });
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  traffic.framesSent += 1;
  traffic.bytesSent += frame.data.length;
  res.end(frame.data);
}

/** RFC 9110, section 13.1.2: a list of tags, weak ones compared as strong, or `*`. */
function knows(ifNoneMatch: string | undefined, tag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
