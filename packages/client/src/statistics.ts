import type { Frame } from './frame.js';

/** Milliseconds that the frame rate is measured over. */
const WINDOW_MS = 3000;

/** Counts of one subscription. Placeholders count as dropped frames do, but not as frames. */
export interface Statistics {
  /** Frames per second, over the last three seconds. */
  readonly fps: number;
  /** Milliseconds from capture to arrival of the last frame; where frames are reported as painted, to painting. */
  readonly age: number | undefined;
  /** Frames dropped in favour of newer ones, since the subscription began. */
  readonly dropped: number;
  /** Frames received since the subscription began. */
  readonly frames: number;
}

/** Measures the frames of one subscription. */
export class FrameMeter {
  #times: number[] = [];
  #arrivalAge: number | undefined;
  #paintedAge: number | undefined;
  #dropped = 0;
  #frames = 0;

  /** @param now of the clock of performance.now() */
  count({ age, dropped, placeholder }: Pick<Frame, 'age' | 'dropped' | 'placeholder'>, now = performance.now()): void {
    this.#dropped += dropped;
    if (placeholder) return;
    this.#arrivalAge = age;
    this.#frames += 1;
    this.#times.push(now);
    this.#forget(now);
  }

  /** From the first call on, the age is that of painting. @param age milliseconds from capture to painting */
  painted(age: number): void {
    this.#paintedAge = age;
  }

  read(now = performance.now()): Statistics {
    this.#forget(now);
    const [first = 0] = this.#times;
    const spanMs = (this.#times.at(-1) ?? 0) - first;
    const fps = spanMs > 0 ? ((this.#times.length - 1) * 1000) / spanMs : 0;
    return { fps, age: this.#paintedAge ?? this.#arrivalAge, dropped: this.#dropped, frames: this.#frames };
  }

  #forget(now: number): void {
    while (this.#times[0] !== undefined && this.#times[0] < now - WINDOW_MS) this.#times.shift();
  }
}
