/** Milliseconds. */
export interface BackoffOptions {
  readonly min: number;
  readonly max: number;
}

/** How long to wait before the next attempt: twice as long each time, with jitter, so that many do not come at once. */
export class Backoff {
  #attempts = 0;

  constructor(private readonly options: BackoffOptions) {}

  /** Milliseconds, from half of the full time to all of it. */
  next(): number {
    const { min, max } = this.options;
    const full = Math.min(max, min * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 32);
    return full * (0.5 + Math.random() / 2);
  }

  /** For what only a person can put right. */
  longest(): number {
    this.#attempts = 32;
    return this.next();
  }

  reset(): void {
    this.#attempts = 0;
  }
}
