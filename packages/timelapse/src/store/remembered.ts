import { createHash } from 'node:crypto';
import type { Picture } from '../picture.js';
import type { IndexEntry } from './index-file.js';

const MOST_REMEMBERED = 256;

/**
 * Knows which frames were stored of late, to tell a frame that comes again from a new one: by its time and sequence, and
 * where these are not known of both, by its bytes, which no camera makes alike twice.
 */
export class Remembered {
  #frames: Pick<IndexEntry, 'capturedAt' | 'sequence'>[];
  #last: { readonly hash: string; readonly isTimed: boolean } | undefined;

  constructor(entries: readonly IndexEntry[], lastData: Uint8Array | undefined) {
    this.#frames = entries.slice(-MOST_REMEMBERED);
    // Each line has a time; in one without a sequence it may be that of the arrival.
    this.#last = lastData && { hash: hashOf(lastData), isTimed: entries.at(-1)?.sequence !== undefined };
  }

  has({ capturedAt, sequence, data }: Picture): boolean {
    // What is known of a frame may come too late for it the first time, and in time the second.
    const isTimed = capturedAt !== undefined && this.#last?.isTimed;
    if (!isTimed && hashOf(data) === this.#last?.hash) return true;
    if (capturedAt === undefined) return false;
    // To the millisecond, as in the index; of a picture whose line was lost, only the time is known.
    return this.#frames.some(
      (frame) =>
        frame.capturedAt === Math.round(capturedAt) &&
        (frame.sequence === sequence || frame.sequence === undefined || sequence === undefined),
    );
  }

  add({ capturedAt, sequence, data }: Picture): void {
    if (capturedAt !== undefined) this.#frames.push({ capturedAt: Math.round(capturedAt), sequence });
    if (this.#frames.length > MOST_REMEMBERED) this.#frames.shift();
    this.#last = { hash: hashOf(data), isTimed: capturedAt !== undefined };
  }
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('base64');
}
