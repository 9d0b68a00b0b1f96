/** Samples taken of a frame. A thousand cost about a microsecond each way of a raw frame, and sensor noise changes some. */
const SAMPLES = 1024;
const MIN_MS = 5000;
const MIN_FRAMES = 5;
/** A longer gap between two frames proves no more: the whole process may have stood still while the frame waited to be read. */
const MAX_GAP_MS = 2000;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Detects a camera that sends the same image again and again, as some do when they hang. */
export class FreezeDetector {
  #hash = 0;
  #held = 0;
  #last = 0;
  #firstAt = 0;
  #frames = 0;
  #since: number | undefined;

  /** Unix milliseconds of the first of the identical frames, or undefined while the image changes. */
  get since(): number | undefined {
    return this.#since;
  }

  /**
   * Borrows `bytes`.
   * @param now milliseconds of a monotonic clock
   * @param capturedAt Unix milliseconds
   */
  compare(bytes: Uint8Array, now: number, capturedAt: number): void {
    const hash = sampledHash(bytes);
    if (hash !== this.#hash) {
      this.#hash = hash;
      this.#held = 0;
      this.#last = now;
      this.#firstAt = capturedAt;
      this.#frames = 0;
      this.#since = undefined;
    }
    this.#frames += 1;
    this.#held += Math.min(now - this.#last, MAX_GAP_MS);
    this.#last = now;
    if (this.#frames >= MIN_FRAMES && this.#held >= MIN_MS) this.#since = this.#firstAt;
  }
}

/** FNV-1a over evenly spread bytes, and the length: two JPEGs of different images seldom agree in that alone. */
function sampledHash(bytes: Uint8Array): number {
  // Odd, so that in packed formats luma and chroma of all columns have their turn.
  const step = Math.floor(bytes.length / SAMPLES) | 1;
  let hash = FNV_OFFSET ^ bytes.length;
  for (let at = 0; at < bytes.length; at += step) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  return hash;
}
