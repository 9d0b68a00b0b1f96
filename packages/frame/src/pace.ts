/**
 * Thins a stream of frames to a rate, exactly: 30 per second thinned to 24 gives 24, not 15 and not 30.
 *
 * Due times lie on a grid of 1/fps. The frame nearest to a due time is taken, so jitter of less than half an interval
 * costs nothing, or few frames if the rates are as close as 25 and 24. After a gap the grid starts anew.
 */
export class Pace {
  readonly #interval: number;
  #due = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** Average interval between frames, in milliseconds. */
  #arrival: number;

  /** @param fps frames per second to let through; Infinity lets all through */
  constructor(fps: number) {
    this.#interval = 1000 / fps;
    this.#arrival = this.#interval;
  }

  /**
   * Decides on a frame.
   *
   * @param now capture time in milliseconds; if it goes back, the grid starts anew
   * @returns whether to let the frame through
   */
  take(now: number): boolean {
    if (this.#interval === 0) return true;
    const step = now - this.#last;
    if (step < 0) this.#due = now;
    // Half of the usual interval between frames: no later frame is closer to the due time.
    if (step > 0 && step < 10_000) this.#arrival += (step - this.#arrival) / 8;
    this.#last = now;
    const slack = Math.min(this.#arrival, this.#interval) / 2;
    if (now < this.#due - slack) return false;
    const missed = now - this.#due > this.#interval;
    this.#due = (missed ? now : this.#due) + this.#interval;
    return true;
  }
}
