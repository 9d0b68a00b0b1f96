/** Milliseconds between two ticks, at most. */
const MAX_TICK_MS = 1000;
/** Ticks in a time-out, at least: one alone may come late, and before what has waited for this process is read. */
const MIN_TICKS = 4;

/** Milliseconds from tick to tick in a time-out of so many milliseconds. */
export function tickLength(limit: number): number {
  return Math.max(1, Math.min(MAX_TICK_MS, limit / MIN_TICKS));
}

/**
 * A time-out that counts the ticks of a timer and not time. After a stop of the whole process (SIGSTOP, a suspended machine, a
 * paused VM) timers are due before anything is read that has come meanwhile: however long it stood still, that is one tick.
 */
export class TickTimeout {
  readonly #limit: number;
  readonly #tick: number;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;

  /**
   * @param limit milliseconds in which this process runs
   * @param expired is called once, unless it is cancelled before
   */
  constructor(limit: number, expired: () => void) {
    this.#limit = limit;
    this.#tick = tickLength(limit);
    this.#timer = setInterval(() => {
      this.#ticks += 1;
      if (this.#ticks * this.#tick < this.#limit) return;
      this.cancel();
      expired();
    }, this.#tick);
  }

  /** Begins anew. Does nothing once it has expired or was cancelled. */
  refresh(): void {
    this.#ticks = 0;
    this.#timer.refresh();
  }

  cancel(): void {
    clearInterval(this.#timer);
  }
}
