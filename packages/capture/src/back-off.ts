/** Waits that double from one failure to the next. */
export class BackOff {
  readonly #first: number;
  readonly #most: number;
  #next: number;

  /** Milliseconds. */
  constructor(first = 250, most = 10_000) {
    this.#first = first;
    this.#most = most;
    this.#next = first;
  }

  /** Milliseconds to wait before the next try. */
  next(): number {
    const wait = this.#next;
    this.#next = Math.min(wait * 2, this.#most);
    return wait;
  }

  reset(): void {
    this.#next = this.#first;
  }
}
