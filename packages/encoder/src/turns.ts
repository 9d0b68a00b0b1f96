import type { Places } from './places.js';

/** Something that has work now and then, and does a piece of it when it is its turn. */
export interface TurnTaker {
  /** Whose frames it works on. Those who have the same take turns among themselves. */
  readonly source: object;
  /** Whether its next piece takes so much memory that only one of this kind may be under way. */
  readonly isLarge: boolean;
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

/** Milliseconds of work that others notice when they have to wait for it. */
const SLOW_MS = 100;
/** Milliseconds of work of others that a source is held up by before another place is opened for it. */
const HELD_UP_MS = 1000;
/** Milliseconds since its last request for which a source counts as one that is at work. */
const ACTIVE_MS = 1000;

interface Running {
  readonly key: object;
  readonly since: number;
  readonly isLarge: boolean;
}

/** What is known of a source. */
interface Source {
  /** When it asked for a turn last. */
  requestedAt: number;
  /** When its last piece of work ended, and how long that took. */
  endedAt: number;
  lastTook: number;
  /** Its work that takes longer than it may. */
  overdue: number;
}

/**
 * Shares places fairly: by source first, then among the source's takers; whoever waits longest begins next, with one
 * piece of work. So one camera gets no larger share by having more renditions.
 *
 * Work cannot be interrupted. So a source whose frames take long leaves the last free place to those whose frames do not,
 * unless it has rested for as long as its last frame took; and one whose frame takes longer than it may gets no other
 * turn until the thread has let go of that frame.
 */
export class Turns {
  readonly #places: Places;
  readonly #threads: number;
  readonly #now: () => number;
  readonly #waiting = new Map<object, Set<TurnTaker>>();
  readonly #sources = new Map<object, Source>();
  /** Work under way, with the source it is for and when it began. */
  readonly #running = new Set<Running>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param threads how many there are at most, those included that have work which takes too long
   * @param now milliseconds of a clock that nobody sets
   */
  constructor(places: Places, threads: number, now = (): number => performance.now()) {
    this.#places = places;
    this.#threads = threads;
    this.#now = now;
  }

  /** Queues up, once: asking again while waiting changes nothing. */
  request(taker: TurnTaker): void {
    this.#places.seek();
    if (!this.#places.vacant && this.#isHeldUp(taker.source)) this.#places.widen();
    this.#sourceOf(taker.source).requestedAt = this.#now();
    const takers = this.#waiting.get(taker.source) ?? new Set();
    this.#waiting.set(taker.source, takers.add(taker));
    this.#serve();
  }

  withdraw(taker: TurnTaker): void {
    const takers = this.#waiting.get(taker.source);
    if (takers?.delete(taker) && takers.size === 0) this.#waiting.delete(taker.source);
  }

  #serve(): void {
    clearTimeout(this.#timer);
    while (this.#places.vacant && this.#running.size < this.#threads) {
      const next = this.#next();
      if (!next) return;
      const { source, isLarge } = next;
      const work = next.begin();
      if (work) this.#occupy(source, isLarge, work);
    }
  }

  #next(): TurnTaker | undefined {
    const isLargeUnderWay = [...this.#running].some(({ isLarge }) => isLarge);
    for (const [key, takers] of this.#waiting) {
      if (!this.#mayBegin(this.#sourceOf(key))) continue;
      const [taker] = takers;
      if (!taker || (taker.isLarge && isLargeUnderWay)) continue;
      takers.delete(taker);
      // To the end of the line, or out of it.
      this.#waiting.delete(key);
      if (takers.size > 0) this.#waiting.set(key, takers);
      return taker;
    }
    return undefined;
  }

  #mayBegin(source: Source): boolean {
    if (source.overdue > 0) return false;
    if (source.lastTook <= SLOW_MS || this.#places.free > 1) return true;
    const now = this.#now();
    const rest = source.endedAt + source.lastTook - now;
    if (rest <= 0 || !this.#isQuickOneActive(now)) return true;
    this.#places.widen();
    if (this.#places.free > 1) return true;
    this.#timer = setTimeout(() => this.#serve(), rest).unref();
    return false;
  }

  /** All that is under way is others' work, and takes long. */
  #isHeldUp(source: object): boolean {
    const now = this.#now();
    return [...this.#running].every(({ key, since }) => key !== source && now - since >= HELD_UP_MS);
  }

  #isQuickOneActive(now: number): boolean {
    return [...this.#sources.values()].some(
      ({ requestedAt, lastTook }) => lastTook <= SLOW_MS && now - requestedAt <= ACTIVE_MS,
    );
  }

  #sourceOf(key: object): Source {
    const known = this.#sources.get(key);
    if (known) return known;
    this.#forgetInactive();
    const source = { requestedAt: this.#now(), endedAt: Number.NEGATIVE_INFINITY, lastTook: 0, overdue: 0 };
    this.#sources.set(key, source);
    return source;
  }

  #forgetInactive(): void {
    const now = this.#now();
    for (const [key, { requestedAt, overdue }] of this.#sources) {
      const isActive = now - requestedAt <= ACTIVE_MS || overdue > 0 || this.#waiting.has(key);
      if (!isActive) this.#sources.delete(key);
    }
  }

  #occupy(key: object, isLarge: boolean, { result, ended }: Work): void {
    const leave = this.#places.take();
    const source = this.#sourceOf(key);
    const running = { key, isLarge, since: this.#now() };
    this.#running.add(running);
    let isOver = false;
    let isOverdue = false;
    void ended.then(() => {
      isOver = true;
      this.#running.delete(running);
      if (isOverdue) source.overdue -= 1;
      source.endedAt = this.#now();
      source.lastTook = source.endedAt - running.since;
      this.#serve();
    });
    void result.then((use) => {
      isOverdue = !isOver;
      if (isOverdue) source.overdue += 1;
      leave();
      this.#serve();
      use();
    });
  }
}
