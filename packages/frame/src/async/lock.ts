/** Options of a {@link Lock}. */
export interface LockOptions {
  /** Tasks that may run or wait at a time. @default no limit */
  readonly limit?: number;
  /** Makes the error that a task beyond the limit is rejected with. @default a RangeError */
  readonly overflow?: (limit: number) => Error;
}

/**
 * Runs asynchronous tasks one after the other, or side by side where they allow it. An exclusive task runs alone; shared
 * tasks run side by side, but never beside an exclusive one. Exclusive tasks run in the order of their arrival, and
 * before shared tasks that have not begun. A task that fails does not stop the others.
 */
export class Lock {
  readonly #limit: number;
  readonly #overflow: (limit: number) => Error;
  readonly #shared = new Set<Promise<unknown>>();
  /** Settles when the last exclusive task is done; undefined while there is none. */
  #exclusive: Promise<void> | undefined;
  #pending = 0;

  constructor({ limit = Number.POSITIVE_INFINITY, overflow = tooMany }: LockOptions = {}) {
    this.#limit = limit;
    this.#overflow = overflow;
  }

  /** Tasks that run or wait. */
  get pending(): number {
    return this.#pending;
  }

  /** Runs a task when no other one runs. @throws what the task throws, or the overflow error */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#count(() => {
      const before = this.#exclusive ?? Promise.resolve();
      const result = before.then(() => Promise.allSettled(this.#shared)).then(task);
      const settle = (): void => {
        if (this.#exclusive === settled) this.#exclusive = undefined;
      };
      const settled = result.then(settle, settle);
      this.#exclusive = settled;
      return result;
    });
  }

  /** Runs a task when no exclusive one runs or waits. @throws what the task throws, or the overflow error */
  shared<T>(task: () => Promise<T>): Promise<T> {
    return this.#count(async () => {
      while (this.#exclusive) await this.#exclusive;
      const result = task();
      this.#shared.add(result);
      try {
        return await result;
      } finally {
        this.#shared.delete(result);
      }
    });
  }

  async #count<T>(run: () => Promise<T>): Promise<T> {
    if (this.#pending >= this.#limit) throw this.#overflow(this.#limit);
    this.#pending += 1;
    try {
      return await run();
    } finally {
      this.#pending -= 1;
    }
  }
}

function tooMany(limit: number): Error {
  return new RangeError(`at most ${limit} tasks may run or wait at a time`);
}
