/** Holds what arrives until it is taken; a full one forgets the oldest. One taker at a time. */
export class Inbox<T> {
  #items: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(private readonly capacity: number) {}

  /** Returns false when an older item was forgotten for it. */
  push(item: T): boolean {
    if (this.#closed) return true;
    const full = this.#items.length >= this.capacity;
    if (full) this.#items.shift();
    this.#items.push(item);
    this.#wake?.();
    return !full;
  }

  clear(): void {
    this.#items = [];
  }

  /** Resolves with the oldest item, or with undefined when none came in so many milliseconds, or none will. */
  async take(patience: number): Promise<T | undefined> {
    if (this.#items.length === 0 && !this.#closed && patience > 0) await this.#arrival(patience);
    return this.#items.shift();
  }

  /** Ends the waiting, for good. */
  close(): void {
    this.#closed = true;
    this.#items = [];
    this.#wake?.();
  }

  #arrival(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(patience) ? setTimeout(() => this.#wake?.(), patience) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
