/** Bytes of the longest "remaining length" (MQTT 3.1.1, section 2.2.3). */
const MAX_LENGTH_BYTES = 4;
/** Bytes first allocated for a packet; more as it arrives. */
const FIRST_BYTES = 1024;
/** Packets up to this size may stay in the chunk that they came in. */
const SMALL_BYTES = 2048;

/** A client sent an invalid packet, or one that is too large: what follows cannot be read. */
export class PacketError extends Error {}

/**
 * Assembles packets from a stream of bytes. The memory of a packet grows with the bytes received and not with the length
 * announced: a client that announces much and sends little holds little.
 */
export class PacketReader {
  readonly #limitOf: (firstByte: number) => number | undefined;
  #firstByte: number | undefined;
  #lengthBytes = 0;
  #length = 0;
  /** Undefined until the length has been read. */
  #packet: Buffer | undefined;
  #filled = 0;

  /** @param limitOf bytes that a packet may have after the fixed header, by its first byte; undefined: no such packet exists */
  constructor(limitOf: (firstByte: number) => number | undefined) {
    this.#limitOf = limitOf;
  }

  /** Bytes of memory that an unfinished packet holds. */
  get held(): number {
    return this.#packet?.length ?? 0;
  }

  /** Whether a packet has begun and is not complete. */
  get isUnfinished(): boolean {
    return this.#firstByte !== undefined;
  }

  /**
   * Reads to the end of one packet at most.
   *
   * @param chunk borrowed; a small packet may be a part of it
   * @returns where it stopped, and the packet if it is complete: owned by the caller
   * @throws PacketError
   */
  read(chunk: Buffer, start: number): { readonly end: number; readonly packet?: Buffer } {
    let at = start;
    while (!this.#packet) {
      if (at >= chunk.length) return { end: at };
      const isHead = this.#readHead(chunk[at] as number);
      at += 1;
      if (!isHead) continue;
      const whole = this.#completeSmall(chunk, start, at);
      if (whole) return { end: start + whole.length, packet: this.#finish(whole) };
      this.#allocate(chunk.length - at);
    }
    const taken = Math.min(this.#total - this.#filled, chunk.length - at);
    const packet = this.#grow(this.#packet, this.#filled + taken);
    chunk.copy(packet, this.#filled, at, at + taken);
    this.#packet = packet;
    this.#filled += taken;
    at += taken;
    return this.#filled < this.#total ? { end: at } : { end: at, packet: this.#finish(packet) };
  }

  get #total(): number {
    return 1 + this.#lengthBytes + this.#length;
  }

  /** @returns whether that was the last byte of the fixed header */
  #readHead(byte: number): boolean {
    const first = this.#firstByte ?? byte;
    const limit = this.#limitOf(first);
    if (limit === undefined) throw new PacketError(`no packet of a client begins with the byte ${first}`);
    if (this.#firstByte === undefined) {
      this.#firstByte = byte;
      return false;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if (this.#length > limit)
      throw new PacketError(`the packet has ${this.#length} bytes or more, but at most ${limit} are allowed`);
    const isLast = (byte & 0x80) === 0;
    if (!isLast && this.#lengthBytes === MAX_LENGTH_BYTES) throw new PacketError('the length of the packet has no end');
    return isLast;
  }

  /** A small packet that is complete within one chunk. */
  #completeSmall(chunk: Buffer, start: number, at: number): Buffer | undefined {
    const isWhole = at - start === this.#total - this.#length && chunk.length - at >= this.#length;
    return isWhole && this.#total <= SMALL_BYTES ? chunk.subarray(start, at + this.#length) : undefined;
  }

  #allocate(bytesInChunk: number): void {
    const head = [this.#firstByte ?? 0];
    let rest = this.#length;
    for (let place = 1; place <= this.#lengthBytes; place++) {
      head.push((rest & 0x7f) | (place < this.#lengthBytes ? 0x80 : 0));
      rest >>= 7;
    }
    this.#packet = this.#grow(Buffer.alloc(0), head.length + Math.min(bytesInChunk, this.#length));
    this.#packet.set(head);
    this.#filled = head.length;
  }

  #grow(packet: Buffer, bytes: number): Buffer {
    if (packet.length >= bytes) return packet;
    const room = Buffer.allocUnsafeSlow(Math.min(this.#total, Math.max(bytes, FIRST_BYTES, 2 * packet.length)));
    packet.copy(room, 0, 0, this.#filled);
    return room;
  }

  #finish(packet: Buffer): Buffer {
    this.#firstByte = undefined;
    this.#lengthBytes = 0;
    this.#length = 0;
    this.#packet = undefined;
    this.#filled = 0;
    return packet;
  }
}
