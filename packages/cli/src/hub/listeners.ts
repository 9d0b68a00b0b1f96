import type { Logger } from '@framehub/frame';

/** Those who want to be told of something. One that fails is logged, and the others are told all the same. */
export class Listeners<T> {
  readonly #logger: Logger;
  readonly #all = new Set<(event: T) => void>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns a function that takes it away */
  add(listener: (event: T) => void): () => void {
    // A key of its own: the same function may be given twice.
    const own = (event: T): void => listener(event);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  tell(event: T): void {
    for (const listener of [...this.#all]) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ err: error }, 'a listener to what happens to cameras has failed');
      }
    }
  }
}
