/** Milliseconds for which nobody may have found a free place before another is opened: more than a thread takes to start. */
const PATIENCE_MS = 1000;
/** How often it is asked whether fewer places would do. */
const REVIEW_MS = 10_000;
/** How much of the time the remaining places may be at work for one to be closed. */
const CALM = 0.5;

/**
 * The places where work is done: as few as keep up with it, since a thread costs memory while it only stands by. The
 * next one is opened when whoever came for a second found none free; one is closed when half of the others' time has
 * been enough for ten. A delay now and then, or the start of a thread, opens none.
 */
export class Places {
  readonly #most: number;
  readonly #now: () => number;
  #open: number;
  #taken = 0;
  /** When a place was left, if nobody has found a free one since. */
  #soughtSince: number | undefined;
  #reviewedAt: number;
  /** Milliseconds of work, over all places, since the last review. */
  #worked = 0;

  constructor(most: number, open = 1, now = (): number => performance.now()) {
    this.#most = most;
    this.#open = open;
    this.#now = now;
    this.#reviewedAt = now();
  }

  /** True when a place is free. */
  get vacant(): boolean {
    return this.#taken < this.#open;
  }

  /** Somebody has come for a place, whether there is one or not. */
  seek(): void {
    if (this.vacant) {
      this.#soughtSince = undefined;
    } else if (this.#soughtSince !== undefined && this.#now() - this.#soughtSince >= PATIENCE_MS) {
      this.#open = Math.min(this.#open + 1, this.#most);
      this.#soughtSince = undefined;
    }
  }

  /** Opens the next one, if there may be one more, for work that would take the last free place for long. */
  widen(): void {
    this.#open = Math.min(this.#open + 1, this.#most);
  }

  /** How many are free. */
  get free(): number {
    return this.#open - this.#taken;
  }

  /** Takes a free place. The function returned is to be called, once, when it is left. */
  take(): () => void {
    const since = this.#now();
    this.#taken += 1;
    return () => {
      const now = this.#now();
      this.#taken -= 1;
      this.#worked += now - since;
      this.#soughtSince ??= now;
      this.#review(now);
    };
  }

  #review(now: number): void {
    const elapsed = now - this.#reviewedAt;
    if (elapsed < REVIEW_MS) return;
    if (this.#worked < CALM * (this.#open - 1) * elapsed) this.#open -= 1;
    this.#reviewedAt = now;
    this.#worked = 0;
  }
}
