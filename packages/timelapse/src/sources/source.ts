import type { Logger } from '@framehub/frame';
import type { Missing, Picture } from '../picture.js';

/** Where pictures come from. */
export interface Source {
  /**
   * Resolves with the next picture, or with why there is none after so many milliseconds; Infinity waits for ever. Never
   * rejects, and is not called again before it is done. What comes is not checked.
   */
  next(patience: number): Promise<Picture | Missing>;
  /** Ends connections and waiting: what `next` resolves with then means nothing. */
  close(): Promise<void>;
}

/** What a source may know of the collector, and tell it. */
export interface SourceHost {
  readonly logger: Logger;
  /** Unix milliseconds of the newest picture that is stored; without one, when collecting began. */
  newest(): number;
  /** Whether this frame was stored before. */
  isStored(picture: Picture): boolean;
  /** Something stands in the way of pictures, or, when undefined, no longer does. */
  trouble(problem: string | undefined): void;
  /** A picture was given up, because storing took longer than pictures took to come. */
  overrun(): void;
}
