import { Allowance } from './limits.js';

/** Most bytes of a packet that carries no message. */
const MAX_CONTROL_BYTES = 16_384;
/** Bytes of the longest "remaining length" (MQTT 5, section 1.5.5). */
const MAX_LENGTH_BYTES = 4;
/** Rate limit of packets that carry no message: responses to the client's few, short ones. A long one counts as several. */
const CONTROL_BURST = 10_000;
const CONTROL_PER_SECOND = 2000;
const BYTES_PER_CONTROL = 16;
/** Chunks that a packet may arrive in: this many, and one more for each so many bytes. Each costs memory beside its bytes. */
const FREE_CHUNKS = 1000;
const BYTES_PER_CHUNK = 64;

const PUBLISH = 3;
/**
 * The other types of packets that a server sends, with their least bytes; the library accepts shorter ones.
 * CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT.
 */
const MIN_CONTROL_BYTES: ReadonlyMap<number, number> = new Map([
  [2, 2],
  [4, 2],
  [5, 2],
  [6, 2],
  [7, 2],
  [9, 3],
  [11, 2],
  [13, 0],
  [14, 0],
]);

/** An MQTT server has exceeded a limit or violated the protocol. */
export class MqttFault extends Error {}

/** Checks the packets in the stream of bytes from an MQTT server, before any of them is kept. */
export class MqttGuard {
  readonly #maxMessage: number;
  readonly #control = new Allowance(CONTROL_BURST, CONTROL_PER_SECOND);
  /** Bytes of the present packet that have not arrived yet. */
  #missing = 0;
  #firstByte: number | undefined;
  #length = 0;
  #lengthBytes = 0;
  #chunks = 0;

  /** @param maxMessage bytes of a packet that carries a message */
  constructor(maxMessage: number) {
    this.#maxMessage = maxMessage;
  }

  /**
   * Checks the next bytes of the stream. Borrows them.
   *
   * @throws MqttFault if neither these bytes nor any after them may be read
   */
  check(chunk: Uint8Array): void {
    let at = 0;
    if (this.#missing > 0) this.#countChunk();
    while (at < chunk.length) {
      if (this.#missing > 0) {
        const arrived = Math.min(this.#missing, chunk.length - at);
        this.#missing -= arrived;
        at += arrived;
      } else {
        this.#readHeader(chunk[at] as number);
        at += 1;
      }
    }
  }

  #countChunk(): void {
    this.#chunks += 1;
    if (this.#chunks > FREE_CHUNKS + (this.#length - this.#missing) / BYTES_PER_CHUNK)
      throw new MqttFault('the MQTT server sends a packet in too many chunks');
  }

  #readHeader(byte: number): void {
    if (this.#firstByte === undefined) {
      this.#startPacket(byte);
      return;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    const limit = this.#firstByte >> 4 === PUBLISH ? this.#maxMessage : MAX_CONTROL_BYTES;
    if (this.#length > limit) throw new MqttFault(`the MQTT server sends a packet of more than ${limit} bytes`);
    if ((byte & 0x80) === 0) {
      if (this.#firstByte >> 4 !== PUBLISH) this.#checkControl(this.#firstByte >> 4, this.#length);
      this.#missing = this.#length;
      this.#chunks = 0;
      this.#firstByte = undefined;
    } else if (this.#lengthBytes === MAX_LENGTH_BYTES)
      throw new MqttFault('the MQTT server sends a packet without a length');
  }

  #checkControl(type: number, bytes: number): void {
    if (bytes < (MIN_CONTROL_BYTES.get(type) ?? 0))
      throw new MqttFault('the MQTT server sends a packet that is too short');
    if (!this.#control.take(1 + bytes / BYTES_PER_CONTROL))
      throw new MqttFault(`the MQTT server sends more than ${CONTROL_PER_SECOND} responses per second, or long ones`);
  }

  #startPacket(byte: number): void {
    const type = byte >> 4;
    if (type !== PUBLISH && !MIN_CONTROL_BYTES.has(type))
      throw new MqttFault('the MQTT server sends packets that were not requested');
    this.#firstByte = byte;
    this.#length = 0;
    this.#lengthBytes = 0;
  }
}
