import type { Socket } from 'node:net';
import type { CameraTraffic, JpegFrame } from '@framehub/frame';
import type { StreamOptions } from '../query.js';
import { advancedPart, annotatedPart, countedPart, lengthOf, type PartOf, seconds, writePart } from './wire.js';

/** Time without a new frame after which a series counts as ended, for `dual_final_frames`. */
const SERIES_END_MS = 250;
/** Time that a frame which arrived while the socket was busy waits for a newer one. */
const NEWER_FRAME_TIMEOUT_MS = 150;

export interface ViewerParts {
  readonly id: string;
  readonly camera: string;
  readonly options: StreamOptions;
  /** Borrowed. */
  readonly socket: Socket;
  readonly traffic: CameraTraffic;
}

/**
 * Sends one stream to its socket.
 *
 * The socket has one part at a time. Until the kernel has accepted all of it, only the newest frame is remembered: a slow
 * viewer skips frames, sees a recent one, and costs no more memory than one part.
 *
 * After a part the next new frame is sent, not the one that arrived meanwhile: enough bytes are on their way to keep the
 * link busy, and a frame that waits here grows old. (Measured, 10 frames per second of 66 KB read at 250 KB/s: 0.39 s old
 * instead of 0.48, at the same frame rate.) The frame that arrived meanwhile is sent if no newer one follows soon.
 */
export class Viewer {
  readonly id: string;
  readonly camera: string;
  readonly options: StreamOptions;
  readonly traffic: CameraTraffic;
  /** Parts in the last second; see {@link Viewer.measureFps}. */
  fps = 0;
  readonly #socket: Socket;
  #sent = 0;
  #sentBefore = 0;
  #skipped = 0;
  #sending = false;
  #busyChecks = 0;
  #next: JpegFrame | undefined;
  #nextAt = 0;
  #last: JpegFrame | undefined;
  #lastAt = 0;
  #repeats = 0;
  readonly #partOf: PartOf;

  constructor({ id, camera, options, socket, traffic }: ViewerParts) {
    this.id = id;
    this.camera = camera;
    this.options = options;
    this.traffic = traffic;
    this.#socket = socket;
    this.#partOf = this.#choosePart();
  }

  /**
   * Call it at regular times.
   *
   * @returns how many calls in a row found the same part not accepted by the socket. Calls are counted and not time: after
   *   the process was suspended, bytes move again before the next call
   */
  countBusyCheck(): number {
    if (this.#sending) this.#busyChecks += 1;
    return this.#busyChecks;
  }

  /** The frame that the socket has not accepted completely. */
  get held(): JpegFrame | undefined {
    return this.#sending ? this.#last : undefined;
  }

  /** Closes the connection at once, without sending the rest. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Sends a new frame, unless the socket is busy. */
  show(frame: JpegFrame): void {
    if (this.#next) this.#skip();
    if (this.#sending) {
      this.#next = frame;
      this.#nextAt = performance.now();
    } else {
      this.#sendNew(frame);
    }
  }

  /** Call it several times per second: sends a frame that has waited, or repeats the last one. @param repeatAfter milliseconds */
  sendWaiting(now: number, repeatAfter: number): void {
    if (this.#sending || !this.#last) return;
    if (this.#next) {
      if (now - this.#nextAt >= NEWER_FRAME_TIMEOUT_MS) this.#sendNew(this.#next);
      return;
    }
    const final = this.options.dualFinalFrames && this.#repeats === 0;
    if (now - this.#lastAt < (final ? Math.min(SERIES_END_MS, repeatAfter) : repeatAfter)) return;
    this.#repeats += 1;
    this.#send(this.#last);
  }

  /** Call it once per second. */
  measureFps(): void {
    this.fps = this.#sent - this.#sentBefore;
    this.#sentBefore = this.#sent;
  }

  #sendNew(frame: JpegFrame): void {
    this.#next = undefined;
    this.#repeats = 0;
    this.traffic.observeAge(frame);
    this.#send(frame);
  }

  #send(frame: JpegFrame): void {
    const part = this.#partOf(frame);
    this.#sending = true;
    this.#busyChecks = 0;
    this.#last = frame;
    this.#lastAt = performance.now();
    this.#sent += 1;
    this.traffic.count(frame, lengthOf(part));
    writePart(this.#socket, part, this.#accepted);
  }

  readonly #accepted = (error?: Error | null): void => {
    // The socket closes by itself.
    if (error) return;
    this.#sending = false;
    this.#busyChecks = 0;
  };

  #skip(): void {
    this.#skipped += 1;
    this.traffic.skipped += 1;
  }

  #choosePart(): PartOf {
    const { advanceHeaders, extraHeaders, zeroData } = this.options;
    if (advanceHeaders) return advancedPart;
    if (!extraHeaders && !zeroData) return countedPart;
    return (frame) => annotatedPart(frame, extraHeaders ? this.#annotate(frame) : '', !zeroData);
  }

  /** ustreamer's headers, as far as they apply. Its times are of a monotonic clock, these are Unix seconds. */
  #annotate({ width, height, capturedAt, placeholder }: JpegFrame): string {
    const now = Date.now();
    return [
      `X-UStreamer-Online: ${placeholder === undefined && now - capturedAt < 1000}`,
      `X-UStreamer-Dropped: ${this.#skipped}`,
      `X-UStreamer-Width: ${width}`,
      `X-UStreamer-Height: ${height}`,
      `X-UStreamer-Client-FPS: ${this.fps}`,
      `X-UStreamer-Grab-Begin-Time: ${seconds(capturedAt)}`,
      `X-UStreamer-Send-Time: ${seconds(now)}`,
      `X-UStreamer-Latency: ${seconds(now - capturedAt)}`,
      ...(placeholder === undefined ? [] : [`X-Framehub-Placeholder: ${placeholder}`]),
      '',
    ].join('\r\n');
  }
}
