import type { Places } from './places.js';

/** Something that has work now and then, and does a piece of it when it is its turn. */
export interface TurnTaker {
  /** Whose frames it works on. Those who have the same take turns among themselves. */
  readonly source: object;
  /** Starts a piece of work, or returns undefined when there is nothing to do after all. */
  begin(): Work | undefined;
}

/** A piece of work under way. Neither promise ever rejects. */
export interface Work {
  /** What it resolves to is called when the place has gone to the next, so that places are not kept while results are used. */
  readonly result: Promise<() => void>;
  /** Resolves when the thread is done with the frame. Later than `result` for work that takes longer than it may. */
  readonly ended: Promise<void>;
}

/**
 * Shares places fairly: by source first, then among the source's takers; whoever waits longest begins next, with one
 * piece of work. So one camera gets no larger share by having more renditions.
 *
 * A source whose frame takes longer than it may gets no other turn until the thread has let go of that frame.
 */
export class Turns {
  readonly #places: Places;
  readonly #threads: number;
  readonly #waiting = new Map<object, Set<TurnTaker>>();
  /** For each source, its work that takes longer than it may. */
  readonly #overdue = new Map<object, number>();
  #occupied = 0;

  /** @param threads how many there are at most, those included that have work which takes too long */
  constructor(places: Places, threads: number) {
    this.#places = places;
    this.#threads = threads;
  }

  /** Queues up, once: asking again while waiting changes nothing. */
  request(taker: TurnTaker): void {
    this.#places.seek();
    const takers = this.#waiting.get(taker.source) ?? new Set();
    this.#waiting.set(taker.source, takers.add(taker));
    this.#serve();
  }

  withdraw(taker: TurnTaker): void {
    const takers = this.#waiting.get(taker.source);
    if (takers?.delete(taker) && takers.size === 0) this.#waiting.delete(taker.source);
  }

  #serve(): void {
    while (this.#places.vacant && this.#occupied < this.#threads) {
      const next = this.#next();
      if (!next) return;
      const work = next.begin();
      if (work) this.#occupy(next.source, work);
    }
  }

  #next(): TurnTaker | undefined {
    for (const [source, takers] of this.#waiting) {
      if (this.#overdue.has(source)) continue;
      const [taker] = takers;
      if (!taker) continue;
      takers.delete(taker);
      // To the end of the line, or out of it.
      this.#waiting.delete(source);
      if (takers.size > 0) this.#waiting.set(source, takers);
      return taker;
    }
    return undefined;
  }

  #occupy(source: object, { result, ended }: Work): void {
    const leave = this.#places.take();
    this.#occupied += 1;
    let isOver = false;
    let isOverdue = false;
    void ended.then(() => {
      isOver = true;
      this.#occupied -= 1;
      if (isOverdue) this.#forgive(source);
      this.#serve();
    });
    void result.then((use) => {
      isOverdue = !isOver;
      if (isOverdue) this.#overdue.set(source, (this.#overdue.get(source) ?? 0) + 1);
      leave();
      this.#serve();
      use();
    });
  }

  #forgive(source: object): void {
    const others = (this.#overdue.get(source) ?? 0) - 1;
    if (others > 0) this.#overdue.set(source, others);
    else this.#overdue.delete(source);
  }
}
