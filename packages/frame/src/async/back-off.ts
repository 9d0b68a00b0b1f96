/** Options of a {@link BackOff}. */
export interface BackOffOptions {
  /** Milliseconds of the first wait. @default 250 */
  readonly minMs?: number;
  /** Milliseconds of the longest wait. @default 10000 */
  readonly maxMs?: number;
}

/** Doublings after which every wait is the longest, whatever the options. */
const MAX_DOUBLINGS = 32;

/**
 * How long to wait before the next attempt: twice as long after each failure, up to a limit. Each wait is between half
 * of its full time and all of it, so that clients that lost the same server do not reconnect at the same moment.
 */
export class BackOff {
  readonly #minMs: number;
  readonly #maxMs: number;
  #failures = 0;

  constructor({ minMs = 250, maxMs = 10_000 }: BackOffOptions = {}) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  /** Counts a failure. @returns milliseconds to wait before the next attempt */
  next(): number {
    const full = Math.min(this.#maxMs, this.#minMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, MAX_DOUBLINGS);
    return full * (0.5 + Math.random() / 2);
  }

  /** As {@link next} after many failures: for a fault that only a person can correct. @returns milliseconds */
  longest(): number {
    this.#failures = MAX_DOUBLINGS;
    return this.next();
  }

  /** After a success: the next wait is the first again. */
  reset(): void {
    this.#failures = 0;
  }
}
