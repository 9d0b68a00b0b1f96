import { Allowance } from './allowance.js';

/** Bytes of a packet that carries no message, and of the longest "remaining length" (MQTT 5, section 1.5.5). */
const MAX_CONTROL = 16_384;
const MAX_LENGTH_BYTES = 4;
/** Packets that carry no message: answers to ours, of which we send few, and short ones. A long one counts for several. */
const CONTROL_BURST = 10_000;
const CONTROL_PER_SECOND = 2000;
const BYTES_OF_CONTROL = 16;
/** Pieces that a packet may come in: so many at least, and one for so many bytes; each costs memory beside its bytes. */
const MIN_PIECES = 1000;
const BYTES_OF_PIECE = 64;

const PUBLISH = 3;
/**
 * What a broker sends beside, by type, and the bytes that it has at least; the library takes shorter ones for whole.
 * CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT.
 */
const FROM_BROKER: ReadonlyMap<number, number> = new Map([
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

/** What a broker sends is more than is taken, or nothing that MQTT has. */
export class MqttFault extends Error {}

/** Follows the packets of a broker through a stream of bytes, before anything of them is kept. */
export class MqttGuard {
  readonly #control = new Allowance(CONTROL_BURST, CONTROL_PER_SECOND);
  /** Bytes of the present packet that are still to come. */
  #rest = 0;
  #firstByte: number | undefined;
  #length = 0;
  #lengthBytes = 0;
  #pieces = 0;

  /** @param maxMessage bytes of a packet that carries a message */
  constructor(private readonly maxMessage: number) {}

  /** @throws MqttFault for bytes that are not to be read, nor any that follow */
  check(chunk: Uint8Array): void {
    let at = 0;
    if (this.#rest > 0) this.#countPiece();
    while (at < chunk.length) {
      if (this.#rest > 0) {
        const taken = Math.min(this.#rest, chunk.length - at);
        this.#rest -= taken;
        at += taken;
      } else {
        this.#readHead(chunk[at] as number);
        at += 1;
      }
    }
  }

  #countPiece(): void {
    this.#pieces += 1;
    if (this.#pieces > MIN_PIECES + (this.#length - this.#rest) / BYTES_OF_PIECE)
      throw new MqttFault('the broker sends a packet in too many pieces');
  }

  #readHead(byte: number): void {
    if (this.#firstByte === undefined) {
      this.#begin(byte);
      return;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    const limit = this.#firstByte >> 4 === PUBLISH ? this.maxMessage : MAX_CONTROL;
    if (this.#length > limit) throw new MqttFault(`the broker sends a packet of more than ${limit} bytes`);
    if ((byte & 0x80) === 0) {
      if (this.#firstByte >> 4 !== PUBLISH) this.#checkAnswer(this.#firstByte >> 4, this.#length);
      this.#rest = this.#length;
      this.#pieces = 0;
      this.#firstByte = undefined;
    } else if (this.#lengthBytes === MAX_LENGTH_BYTES)
      throw new MqttFault('the broker sends a packet without a length');
  }

  #checkAnswer(type: number, bytes: number): void {
    if (bytes < (FROM_BROKER.get(type) ?? 0)) throw new MqttFault('the broker sends a packet that is too short');
    if (!this.#control.take(1 + bytes / BYTES_OF_CONTROL))
      throw new MqttFault(`the broker sends more than ${CONTROL_PER_SECOND} answers a second, or long ones`);
  }

  #begin(byte: number): void {
    const type = byte >> 4;
    if (type !== PUBLISH && !FROM_BROKER.has(type)) throw new MqttFault('the broker sends what it was not asked for');
    this.#firstByte = byte;
    this.#length = 0;
    this.#lengthBytes = 0;
  }
}
