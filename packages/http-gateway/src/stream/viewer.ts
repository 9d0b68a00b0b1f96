import type { Socket } from 'node:net';
import type { CameraTraffic, JpegFrame } from '@framehub/frame';
import type { StreamWishes } from '../query.js';
import { advancedPart, annotatedPart, countedPart, lengthOf, type PartOf, seconds, writePart } from './wire.js';

/** Milliseconds without a new frame after which a series counts as ended, for `dual_final_frames`. */
const SERIES_END = 250;
/** Milliseconds that a frame which came while the socket was busy waits for a newer one. */
const PATIENCE = 150;

/**
 * One stream's way to its socket.
 *
 * The socket has one part at a time. While it has not taken all of it, only the newest frame is remembered: a slow viewer
 * skips frames, sees a recent one, and costs no more memory than one part.
 *
 * Once the socket has taken a part, the next frame to come follows it, not the one that came meanwhile: bytes enough to
 * keep the link busy are under way still, and a frame that waits here grows old. (Measured, 10 frames a second of 66 KB
 * read at 250 KB/s: 0.39 s old instead of 0.48, at the same rate.) The frame from meanwhile goes out when none follows.
 */
export class Viewer {
  readonly since = Date.now();
  /** Parts in the last second; see {@link Viewer.measure}. */
  fps = 0;
  #sent = 0;
  #measured = 0;
  #skipped = 0;
  #sending = false;
  #busyLooks = 0;
  #next: JpegFrame | undefined;
  #nextAt = 0;
  #last: JpegFrame | undefined;
  #lastAt = 0;
  #repeats = 0;
  readonly #partOf: PartOf;

  constructor(
    readonly id: string,
    readonly camera: string,
    readonly wishes: StreamWishes,
    private readonly socket: Socket,
    readonly traffic: CameraTraffic,
  ) {
    this.#partOf = this.#choosePart();
  }

  /**
   * To be called at regular times.
   *
   * @returns how many times in a row it found the same part not taken: the calls are counted and not the time, as bytes move
   *   between two of them however long this process stood still meanwhile
   */
  countBusyLook(): number {
    if (this.#sending) this.#busyLooks += 1;
    return this.#busyLooks;
  }

  /** The frame that the socket has not taken yet. */
  get held(): JpegFrame | undefined {
    return this.#sending ? this.#last : undefined;
  }

  /** Ends the connection at once, with whatever has not been taken. */
  destroy(): void {
    this.socket.destroy();
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

  /** To be called several times a second: sends what has waited, or the last frame again where nothing new has come for a while. */
  look(now: number, repeatAfter: number): void {
    if (this.#sending || !this.#last) return;
    if (this.#next) {
      if (now - this.#nextAt >= PATIENCE) this.#sendNew(this.#next);
      return;
    }
    const final = this.wishes.dualFinalFrames && this.#repeats === 0;
    if (now - this.#lastAt < (final ? Math.min(SERIES_END, repeatAfter) : repeatAfter)) return;
    this.#repeats += 1;
    this.#send(this.#last);
  }

  /** To be called once a second. */
  measure(): void {
    this.fps = this.#sent - this.#measured;
    this.#measured = this.#sent;
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
    this.#busyLooks = 0;
    this.#last = frame;
    this.#lastAt = performance.now();
    this.#sent += 1;
    this.traffic.count(frame, lengthOf(part));
    writePart(this.socket, part, this.#taken);
  }

  readonly #taken = (error?: Error | null): void => {
    // A broken socket closes by itself; nothing follows.
    if (error) return;
    this.#sending = false;
    this.#busyLooks = 0;
  };

  #skip(): void {
    this.#skipped += 1;
    this.traffic.skipped += 1;
  }

  #choosePart(): PartOf {
    const { advanceHeaders, extraHeaders, zeroData } = this.wishes;
    if (advanceHeaders) return advancedPart;
    if (!extraHeaders && !zeroData) return countedPart;
    return (frame) => annotatedPart(frame, extraHeaders ? this.#annotate(frame) : '', !zeroData);
  }

  /** ustreamer's headers, as far as they mean something here. Its times are of another clock; these are Unix seconds. */
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
