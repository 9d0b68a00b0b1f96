const WINDOW_MS = 4000;

/** Frames a second over the last seconds, from a count that is read now and then. */
export class RateMeter {
  #readings: { readonly at: number; readonly count: number }[] = [];

  /**
   * @param count rises
   * @param at milliseconds of a clock that nobody sets
   */
  read(count: number, at: number): void {
    this.#readings.push({ at, count });
    while (this.#readings.length > 2 && at - (this.#readings[1]?.at ?? at) >= WINDOW_MS) this.#readings.shift();
  }

  /** A count that begins again, or a source that rests, has no rate. */
  reset(): void {
    this.#readings = [];
  }

  get perSecond(): number {
    const [first] = this.#readings;
    const last = this.#readings.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return ((last.count - first.count) * 1000) / (last.at - first.at);
  }
}
