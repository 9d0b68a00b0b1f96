/** How often something may happen: a number at once, and so many a second in the long run. */
export class Allowance {
  #left: number;
  #since: number;

  /**
   * @param burst how many at once
   * @param perSecond how many are given back a second
   * @param now milliseconds of any clock that does not go back
   */
  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#left = burst;
    this.#since = now();
  }

  /** Takes one, or as many as are said, or none where not so many are left. @returns whether it may happen */
  take(count = 1): boolean {
    this.#refill();
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  /** Takes one in any case, before its time where none is left. @returns milliseconds until it may happen */
  reserve(): number {
    this.#refill();
    this.#left -= 1;
    return this.#left >= 0 ? 0 : (-this.#left / this.perSecond) * 1000;
  }

  #refill(): void {
    const now = this.now();
    this.#left = Math.min(this.burst, this.#left + ((now - this.#since) / 1000) * this.perSecond);
    this.#since = now;
  }
}
