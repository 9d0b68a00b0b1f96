import { FramehubError } from '@framehub/frame';

const LEAST_MS = 2000;
const INTERVALS = 5;
/** Cameras take their time before the first frame: to power up, to find an exposure. */
const FIRST_FRAME_MS = 5000;

/** Notices that frames have stopped coming. */
export class StallWatch {
  readonly #wish: number | undefined;
  #limit = LEAST_MS;
  #since: number | undefined;

  /** @param limit milliseconds without a frame; by default several intervals, and at least two seconds */
  constructor(limit: number | undefined) {
    this.#wish = limit;
  }

  /** @param fps frames a second the source promises, if it does */
  rate(fps: number | undefined): void {
    this.#limit = this.#wish ?? Math.max(LEAST_MS, fps ? (INTERVALS * 1000) / fps : 0);
  }

  /**
   * To be called regularly.
   * @param lastFrame when the newest frame came, on performance.now()'s clock
   * @param unfit frames that have come since and could not be shown, by reason
   * @param now on that clock
   * @returns the error, once frames have been due for too long
   */
  check(
    expecting: boolean,
    lastFrame: number | undefined,
    unfit: Readonly<Record<string, number>> = {},
    now = performance.now(),
  ): FramehubError | undefined {
    if (!expecting) {
      this.#since = undefined;
      return undefined;
    }
    this.#since ??= now;
    const silent = now - Math.max(this.#since, lastFrame ?? 0);
    const limit = lastFrame === undefined ? Math.max(this.#limit, FIRST_FRAME_MS) : this.#limit;
    if (silent <= limit) return undefined;
    const seconds = (silent / 1000).toFixed(1);
    const reasons = Object.entries(unfit).map(([reason, count]) => `${count} ${reason}`);
    const none =
      reasons.length === 0
        ? `no frame came for ${seconds} s`
        : `no frame that can be shown came for ${seconds} s (${reasons.join(', ')}; with a USB camera a worn cable, a hub or too little power may be why)`;
    return new FramehubError('CAPTURE_STALLED', `${none}; the source is started again`, { silent, limit, unfit });
  }
}
