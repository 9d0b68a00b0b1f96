import type { Places } from './places.js';

/** Something that has work now and then, and does a piece of it when it is its turn. */
export interface TurnTaker {
  /**
   * Starts a piece of work, or returns undefined when there is nothing to do after all. The promise never rejects; what
   * it resolves to is called when the place has gone to the next, so that places are not kept while results are used.
   */
  begin(): Promise<() => void> | undefined;
}

/** Shares places fairly: whoever waits longest begins next, with one piece of work. */
export class Turns {
  readonly #places: Places;
  readonly #waiting = new Set<TurnTaker>();

  constructor(places: Places) {
    this.#places = places;
  }

  /** Queues up, once: asking again while waiting changes nothing. */
  request(taker: TurnTaker): void {
    this.#places.seek();
    this.#waiting.add(taker);
    this.#serve();
  }

  withdraw(taker: TurnTaker): void {
    this.#waiting.delete(taker);
  }

  #serve(): void {
    for (const taker of this.#waiting) {
      if (!this.#places.vacant) return;
      this.#waiting.delete(taker);
      const work = taker.begin();
      if (work) this.#occupy(work);
    }
  }

  #occupy(work: Promise<() => void>): void {
    const leave = this.#places.take();
    void work.then((use) => {
      leave();
      this.#serve();
      use();
    });
  }
}
