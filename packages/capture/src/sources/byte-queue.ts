const MIN_BYTES = 64 * 1024;
/** Of the most that is remembered to have been held, what is forgotten with each piece that is consumed. */
const DECAY = 1 / 8;

/**
 * Bytes that are appended behind and consumed in front, in one piece of memory. Each is moved a few times at most, however
 * small the pieces are, and memory that was needed once is given back.
 */
export class ByteQueue {
  #buffer = Buffer.allocUnsafe(MIN_BYTES);
  #start = 0;
  #end = 0;
  /** About the most that it held of late. */
  #peak = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Bytes of memory. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** Lends all that it holds, until something is appended or consumed. */
  view(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Copies `bytes`. */
  append(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    this.#peak = Math.max(this.#peak, needed);
    if (this.#end + bytes.length > this.capacity) this.#move(needed);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Drops so many bytes in front. */
  consume(count: number): void {
    this.#start += count;
    this.#peak = Math.max(this.length, this.#peak * (1 - DECAY));
    if (this.capacity > MIN_BYTES && this.capacity > 8 * this.#peak) this.#move(this.length);
  }

  /** To the front, of other memory unless half of this is enough. */
  #move(needed: number): void {
    const { capacity, length } = this;
    const fits = needed <= capacity / 2 && capacity <= Math.max(MIN_BYTES, 8 * this.#peak);
    const target = fits ? this.#buffer : Buffer.allocUnsafe(Math.max(MIN_BYTES, 2 * needed, 2 * this.#peak));
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#start = 0;
    this.#end = length;
  }
}
