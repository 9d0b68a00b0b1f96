/** Bytes of the longest "remaining length" (MQTT 3.1.1, section 2.2.3). */
const MAX_LENGTH_BYTES = 4;

/** Follows the fixed headers of packets through a stream of bytes, and says when one announces more than is allowed. */
export class PacketGate {
  /** Bytes of the present packet that are still to come. */
  #rest = 0;
  /** Undefined between packets; else the length as far as it is read. */
  #length: { value: number; bytes: number } | undefined;

  constructor(private readonly maxPacket: number) {}

  /** False at a packet that is too large or has a length that is none: then the stream is over. */
  admits(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#rest > 0) {
        const taken = Math.min(this.#rest, chunk.length - at);
        this.#rest -= taken;
        at += taken;
      } else if (!this.#length) {
        this.#length = { value: 0, bytes: 0 };
        at += 1;
      } else {
        const byte = chunk[at] as number;
        const { value, bytes } = this.#length;
        const length = value + (byte & 0x7f) * 128 ** bytes;
        const more = (byte & 0x80) !== 0;
        if (length > this.maxPacket || (more && bytes + 1 >= MAX_LENGTH_BYTES)) return false;
        this.#length = more ? { value: length, bytes: bytes + 1 } : undefined;
        if (!more) this.#rest = length;
        at += 1;
      }
    }
    return true;
  }
}
