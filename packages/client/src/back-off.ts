const FIRST_MS = 250;
const MOST_MS = 10_000;

/** Waits that double from one failure to the next, and differ a little, so that not all come back at once. */
export class BackOff {
  #next = FIRST_MS;

  /** Milliseconds. */
  next(): number {
    const wait = this.#next;
    this.#next = Math.min(wait * 2, MOST_MS);
    return wait * (0.75 + Math.random() / 2);
  }

  reset(): void {
    this.#next = FIRST_MS;
  }
}
