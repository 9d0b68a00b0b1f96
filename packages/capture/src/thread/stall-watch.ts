import { FramehubError } from '@framehub/frame';
import { tickLength } from '../tick-timeout.js';

const LEAST_MS = 2000;
const INTERVALS = 5;
/** Cameras take their time before the first frame: to power up, to find an exposure. */
const FIRST_FRAME_MS = 5000;

/**
 * Notices that frames have stopped coming. It counts looks and not time, as a frame that came while the whole process
 * stood still is seen at the next look only.
 */
export class StallWatch {
  /** Milliseconds from one look to the next. */
  readonly every: number;
  readonly #configured: number | undefined;
  #limit: number;
  #lastFrame: number | undefined;
  /** Looks in a row that found no frame; undefined while none is expected. */
  #looks: number | undefined;

  /** @param limit milliseconds without a frame; by default several intervals, and at least two seconds */
  constructor(limit: number | undefined) {
    this.#configured = limit;
    this.#limit = limit ?? LEAST_MS;
    this.every = tickLength(this.#limit);
  }

  /** @param fps frames a second the source promises, if it does */
  rate(fps: number | undefined): void {
    this.#limit = this.#configured ?? Math.max(LEAST_MS, fps ? (INTERVALS * 1000) / fps : 0);
  }

  /**
   * To be called once in `every` milliseconds.
   * @param lastFrame when the newest frame came, on any clock
   * @param unfit frames that have come since and could not be shown, by reason
   * @returns the error, once frames have been due for too long
   */
  look(
    expecting: boolean,
    lastFrame: number | undefined,
    unfit: Readonly<Record<string, number>> = {},
  ): FramehubError | undefined {
    const isFirst = this.#looks === undefined || lastFrame !== this.#lastFrame;
    this.#looks = expecting ? (isFirst ? 0 : (this.#looks ?? 0) + 1) : undefined;
    this.#lastFrame = lastFrame;
    const silent = (this.#looks ?? 0) * this.every;
    const limit = lastFrame === undefined ? Math.max(this.#limit, FIRST_FRAME_MS) : this.#limit;
    if (silent < limit) return undefined;
    const seconds = (silent / 1000).toFixed(1);
    const reasons = Object.entries(unfit).map(([reason, count]) => `${count} ${reason}`);
    const none =
      reasons.length === 0
        ? `no frame came for ${seconds} s`
        : `no frame that can be shown came for ${seconds} s (${reasons.join(', ')}; with a USB camera a worn cable, a hub or too little power may be why)`;
    return new FramehubError('CAPTURE_STALLED', `${none}; the source is started again`, { silent, limit, unfit });
  }
}
