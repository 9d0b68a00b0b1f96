import type { Picture } from './picture.js';

/** Milliseconds that a rate is measured over. */
const WINDOW_MS = 3000;

export interface Statistics {
  /** Pictures a second in the last seconds. */
  readonly fps: number;
  /** Milliseconds from the capture of a picture to its arrival; once paintings are told, to that of the last one. */
  readonly age: number | undefined;
  /** Frames that gave way to newer ones, since the subscription began. */
  readonly dropped: number;
  readonly pictures: number;
}

/** Counts the pictures of one subscription. */
export class Meter {
  #arrivals: number[] = [];
  #arrival: number | undefined;
  #painting: number | undefined;
  #dropped = 0;
  #pictures = 0;

  /** @param now on performance.now()'s clock */
  count({ age, dropped, placeholder }: Picture, now = performance.now()): void {
    this.#dropped += dropped;
    if (placeholder) return;
    this.#arrival = age;
    this.#pictures += 1;
    this.#arrivals.push(now);
    this.#forget(now);
  }

  /** A picture has been painted, so old by then: from now on that is the age, and no arrival. @param age milliseconds */
  painted(age: number): void {
    this.#painting = age;
  }

  read(now = performance.now()): Statistics {
    this.#forget(now);
    const [first] = this.#arrivals;
    const last = this.#arrivals.at(-1);
    const span = first === undefined || last === undefined ? 0 : last - first;
    const fps = span > 0 ? ((this.#arrivals.length - 1) * 1000) / span : 0;
    return { fps, age: this.#painting ?? this.#arrival, dropped: this.#dropped, pictures: this.#pictures };
  }

  #forget(now: number): void {
    while (this.#arrivals[0] !== undefined && this.#arrivals[0] < now - WINDOW_MS) this.#arrivals.shift();
  }
}
