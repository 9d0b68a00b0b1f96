/** Writes entropy-coded bits, with the zero that JPEG wants after each byte of ones. */
export class BitWriter {
  readonly #bytes: Uint8Array;
  #at = 0;
  #pending = 0;
  #pendingBits = 0;

  /** @param capacity bytes; the caller knows how much can come */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** @param length 0 to 25; the bits are the lowest of `bits`, and none above them is set */
  write(bits: number, length: number): void {
    // At most 7 bits wait, so that the sum stays below 32.
    this.#pending = (this.#pending << length) | bits;
    this.#pendingBits += length;
    while (this.#pendingBits >= 8) {
      this.#pendingBits -= 8;
      this.#put((this.#pending >>> this.#pendingBits) & 0xff);
    }
    this.#pending &= (1 << this.#pendingBits) - 1;
  }

  /** Fills the last byte with ones, gives a copy of all with a marker behind it, if one is given, and begins anew. */
  take(marker?: number): Uint8Array {
    if (this.#pendingBits > 0) this.write((1 << (8 - this.#pendingBits)) - 1, 8 - this.#pendingBits);
    if (marker !== undefined) {
      this.#bytes[this.#at++] = 0xff;
      this.#bytes[this.#at++] = marker;
    }
    const taken = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return taken;
  }

  #put(byte: number): void {
    this.#bytes[this.#at++] = byte;
    if (byte === 0xff) this.#bytes[this.#at++] = 0;
  }
}
