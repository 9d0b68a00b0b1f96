import { createHash } from 'node:crypto';
import type { Picture } from '../picture.js';
import type { IndexEntry } from './index-file.js';

const MOST_REMEMBERED = 256;

/**
 * Knows which frames were stored of late, to tell a frame that comes again from a new one: by its time and sequence,
 * and where a source tells neither, by its bytes, which no camera makes alike twice.
 */
export class Remembered {
  #frames: Pick<IndexEntry, 'capturedAt' | 'sequence'>[];
  #lastHash: string | undefined;

  constructor(entries: readonly IndexEntry[], lastData: Uint8Array | undefined) {
    this.#frames = entries.slice(-MOST_REMEMBERED);
    this.#lastHash = lastData && hashOf(lastData);
  }

  has({ capturedAt, sequence, data }: Picture): boolean {
    if (capturedAt === undefined) return hashOf(data) === this.#lastHash;
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
    this.#lastHash = hashOf(data);
  }
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('base64');
}
