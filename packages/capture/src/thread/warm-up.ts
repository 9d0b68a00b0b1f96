import type { WarmUp } from '../options.js';

/** Tells which of the first frames after a start are to be dropped. */
export class WarmUpGate {
  readonly #frames: number;
  readonly #milliseconds: number;
  readonly #limit: number;
  #passed = 0;
  #since: number | undefined;
  #over: boolean;

  /**
   * @param warmup undefined: none
   * @param limit milliseconds after which it is over, whatever is left of it
   */
  constructor(warmup: WarmUp | undefined, limit = Number.POSITIVE_INFINITY) {
    this.#frames = warmup && 'frames' in warmup ? warmup.frames : 0;
    this.#milliseconds = warmup && 'milliseconds' in warmup ? warmup.milliseconds : 0;
    this.#limit = limit;
    this.#over = this.#frames === 0 && this.#milliseconds === 0;
  }

  /** Whether a frame has passed, or none has to wait. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * To be called for each frame.
   * @param now milliseconds of a clock that nobody sets
   */
  drops(now: number): boolean {
    if (this.#over) return false;
    this.#since ??= now;
    this.#passed += 1;
    const elapsed = now - this.#since;
    const isWarm = this.#passed > this.#frames && elapsed >= this.#milliseconds;
    this.#over = isWarm || elapsed >= this.#limit;
    return !this.#over;
  }
}
