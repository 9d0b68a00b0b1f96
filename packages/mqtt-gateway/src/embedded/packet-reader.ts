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
  /** Bytes of the fixed header that were read. */
  #head: number[] = [];
  /** Bytes after the fixed header. */
  #length = 0;
  /** Undefined until the fixed header is complete. */
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
    return this.#head.length > 0;
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
      const isHeadComplete = this.#readHead(chunk[at] as number);
      at += 1;
      if (!isHeadComplete) continue;
      const end = at + this.#length;
      // A small packet that is complete within the chunk stays there.
      if (at - start === this.#head.length && end <= chunk.length && this.#total <= SMALL_BYTES)
        return { end, packet: this.#finish(chunk.subarray(start, end)) };
      const arrived = Math.min(chunk.length - at, this.#length);
      this.#packet = this.#grow(Buffer.alloc(0), this.#head.length + arrived);
      this.#packet.set(this.#head);
      this.#filled = this.#head.length;
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
    return this.#head.length + this.#length;
  }

  /** @returns whether that was the last byte of the fixed header */
  #readHead(byte: number): boolean {
    const limit = this.#limitOf(this.#head[0] ?? byte);
    if (limit === undefined) throw new PacketError(`no packet of a client begins with the byte ${byte}`);
    const lengthBytes = this.#head.push(byte) - 1;
    if (lengthBytes === 0) return false;
    this.#length += (byte & 0x7f) * 128 ** (lengthBytes - 1);
    if (this.#length > limit)
      throw new PacketError(`the packet has ${this.#length} bytes or more, but at most ${limit} are allowed`);
    const isLast = (byte & 0x80) === 0;
    if (!isLast && lengthBytes === MAX_LENGTH_BYTES) throw new PacketError('the length of the packet has no end');
    return isLast;
  }

  #grow(packet: Buffer, bytes: number): Buffer {
    if (packet.length >= bytes) return packet;
    const room = Buffer.allocUnsafeSlow(Math.min(this.#total, Math.max(bytes, FIRST_BYTES, 2 * packet.length)));
    packet.copy(room, 0, 0, this.#filled);
    return room;
  }

  #finish(packet: Buffer): Buffer {
    this.#head = [];
    this.#length = 0;
    this.#packet = undefined;
    this.#filled = 0;
    return packet;
  }
}
