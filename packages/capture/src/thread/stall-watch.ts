import { FramehubError } from '@framehub/frame';
import { tickLength } from '../tick-timeout.js';

const MIN_MS = 2000;
const INTERVALS = 5;
/** Cameras take their time before the first frame: to power up, to find an exposure. */
const FIRST_FRAME_MS = 5000;

/**
 * Detects that frames have stopped coming. It counts checks and not time, as a frame that came while the whole process
 * stood still is seen at the next check only.
 */
export class StallWatch {
  /** Milliseconds from one check to the next. */
  readonly everyMs: number;
  readonly #configured: number | undefined;
  #limit: number;
  #lastFrame: number | undefined;
  /** Checks in a row that found no frame; undefined while none is expected. */
  #checks: number | undefined;

  /** @param limit milliseconds without a frame; by default several intervals, and at least two seconds */
  constructor(limit: number | undefined) {
    this.#configured = limit;
    this.#limit = limit ?? MIN_MS;
    this.everyMs = tickLength(this.#limit);
  }

  /** @param fps frames a second the source promises, if it does */
  rate(fps: number | undefined): void {
    this.#limit = this.#configured ?? Math.max(MIN_MS, fps ? (INTERVALS * 1000) / fps : 0);
  }

  /**
   * To be called once in `everyMs` milliseconds.
   * @param lastFrame when the newest frame came, on any clock
   * @param faults frames that were dropped since for a fault, by reason
   * @returns the error, once frames have been due for too long
   */
  check(
    expecting: boolean,
    lastFrame: number | undefined,
    faults: Readonly<Record<string, number>> = {},
  ): FramehubError | undefined {
    const isFirst = this.#checks === undefined || lastFrame !== this.#lastFrame;
    this.#checks = expecting ? (isFirst ? 0 : (this.#checks ?? 0) + 1) : undefined;
    this.#lastFrame = lastFrame;
    const silent = (this.#checks ?? 0) * this.everyMs;
    const limit = lastFrame === undefined ? Math.max(this.#limit, FIRST_FRAME_MS) : this.#limit;
    if (silent < limit) return undefined;
    const seconds = (silent / 1000).toFixed(1);
    const reasons = Object.entries(faults).map(([reason, count]) => `${count} ${reason}`);
    const none =
      reasons.length === 0
        ? `no frame came for ${seconds} s`
        : `no usable frame came for ${seconds} s (${reasons.join(', ')}; with a USB camera a worn cable, a hub or too little power may be why)`;
    return new FramehubError('CAPTURE_STALLED', `${none}; the source is started again`, { silent, limit, faults });
  }
}
