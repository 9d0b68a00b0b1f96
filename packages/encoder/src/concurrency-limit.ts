/** Milliseconds for which no job has found a free thread before the limit is raised: longer than a thread takes to start. */
const RAISE_AFTER_MS = 1000;
/** Milliseconds between two checks whether a lower limit would do. */
const REVIEW_INTERVAL_MS = 10_000;
/** The limit is lowered if the threads that would remain were busy for less than this share of the time. */
const CALM_SHARE = 0.5;

/**
 * How many jobs may run at a time: as few as keep up, because an idle thread costs memory. Raised by one if no request
 * found a free thread for 1 s; lowered by one if the remaining threads would have been less than half busy over 10 s. A
 * delay now and then, or a thread's start, does not raise it.
 */
export class ConcurrencyLimit {
  readonly #max: number;
  readonly #now: () => number;
  #limit: number;
  #running = 0;
  /** Time of the first release after which no request has found a free thread; undefined if one has. */
  #busySince: number | undefined;
  #reviewedAt: number;
  /** Milliseconds of work, summed over all threads, since the last review. */
  #workedMs = 0;

  /**
   * @param max highest limit
   * @param initial limit to start with
   * @param now milliseconds of a monotonic clock
   */
  constructor(max: number, initial = 1, now = (): number => performance.now()) {
    this.#max = max;
    this.#limit = initial;
    this.#now = now;
    this.#reviewedAt = now();
  }

  /** Jobs that may start now. Below 0 after the limit was lowered. */
  get free(): number {
    return this.#limit - this.#running;
  }

  /** Counts a request for a thread, whether one is free or not; may raise the limit. */
  noteRequest(): void {
    if (this.free > 0) {
      this.#busySince = undefined;
    } else if (this.#busySince !== undefined && this.#now() - this.#busySince >= RAISE_AFTER_MS) {
      this.raise();
      this.#busySince = undefined;
    }
  }

  /** Raises the limit by one, unless it is the highest: for a job that would occupy the last free thread for long. */
  raise(): void {
    this.#limit = Math.min(this.#limit + 1, this.#max);
  }

  /**
   * A job starts.
   *
   * @returns to be called once, when the job has ended
   */
  acquire(): () => void {
    const since = this.#now();
    this.#running += 1;
    return () => {
      const now = this.#now();
      this.#running -= 1;
      this.#workedMs += now - since;
      this.#busySince ??= now;
      this.#review(now);
    };
  }

  #review(now: number): void {
    const elapsed = now - this.#reviewedAt;
    if (elapsed < REVIEW_INTERVAL_MS) return;
    if (this.#workedMs < CALM_SHARE * (this.#limit - 1) * elapsed) this.#limit -= 1;
    this.#reviewedAt = now;
    this.#workedMs = 0;
  }
}
