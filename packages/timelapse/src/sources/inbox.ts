import { within } from '@framehub/frame';

/** A bounded queue with one consumer: when it is full, the oldest item is dropped. */
export class Inbox<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #wake: () => void = () => {};
  #closed = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @returns false if an older item was dropped */
  push(item: T): boolean {
    if (this.#closed) return true;
    const full = this.#items.length >= this.#capacity;
    if (full) this.#items.shift();
    this.#items.push(item);
    this.#wake();
    return !full;
  }

  clear(): void {
    this.#items = [];
  }

  /**
   * Waits for an item.
   *
   * @param timeoutMs milliseconds; Infinity waits for ever
   * @returns the oldest item, or undefined when the time is over or the inbox is closed
   */
  async next(timeoutMs: number): Promise<T | undefined> {
    if (this.#items.length === 0 && !this.#closed && timeoutMs > 0) {
      const arrival = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(arrival, timeoutMs);
    }
    return this.#items.shift();
  }

  /** Ends the waiting, for good. */
  close(): void {
    this.#closed = true;
    this.#items = [];
    this.#wake();
  }
}
