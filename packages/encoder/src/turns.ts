/** Something that has work now and then, and does a piece of it when it is its turn. */
export interface TurnTaker {
  /**
   * Starts a piece of work, or returns undefined when there is nothing to do after all. The promise never rejects; what
   * it resolves to is called when the place has gone to the next, so that places are not kept while results are used.
   */
  begin(): Promise<() => void> | undefined;
}

/** Shares a number of places fairly: whoever waits longest begins next, with one piece of work. */
export class Turns {
  readonly #places: number;
  readonly #waiting = new Set<TurnTaker>();
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Queues up, once: asking again while waiting changes nothing. */
  request(taker: TurnTaker): void {
    this.#waiting.add(taker);
    this.#serve();
  }

  withdraw(taker: TurnTaker): void {
    this.#waiting.delete(taker);
  }

  #serve(): void {
    for (const taker of this.#waiting) {
      if (this.#taken >= this.#places) return;
      this.#waiting.delete(taker);
      const work = taker.begin();
      if (work) this.#occupy(work);
    }
  }

  #occupy(work: Promise<() => void>): void {
    this.#taken += 1;
    void work.then((use) => {
      this.#taken -= 1;
      this.#serve();
      use();
    });
  }
}
