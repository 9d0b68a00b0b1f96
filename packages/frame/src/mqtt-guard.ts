import { Allowance } from './allowance.js';

/** Bytes of a packet that carries no message, and of the longest "remaining length" (MQTT 5, section 1.5.5). */
const MAX_CONTROL = 65_536;
const MAX_LENGTH_BYTES = 4;
/** Packets that carry no message: answers to ours, of which we send few. */
const CONTROL_BURST = 10_000;
const CONTROL_PER_SECOND = 2000;
/**
 * Messages that are handled: the rest waits. So many that the answer to a ping, which comes behind what the system keeps
 * for us of a flood, still comes in time.
 */
const MESSAGE_BURST = 10_000;
const MESSAGES_PER_SECOND = 10_000;
/** Messages in a row, after which everything else gets a turn. */
const IN_A_ROW = 32;

/** Pieces that a packet may come in: so many at least, and one for so many bytes; each costs memory beside its bytes. */
const MIN_PIECES = 1000;
const BYTES_OF_PIECE = 64;

const PUBLISH = 3;
/** CONNACK, PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT: what a broker sends to who asks for QoS 1 at most. */
const FROM_BROKER: readonly number[] = [2, 4, 5, 7, 9, 11, 13, 14];

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
      this.#rest = this.#length;
      this.#pieces = 0;
      this.#firstByte = undefined;
    } else if (this.#lengthBytes === MAX_LENGTH_BYTES)
      throw new MqttFault('the broker sends a packet without a length');
  }

  #begin(byte: number): void {
    const type = byte >> 4;
    const isMessage = type === PUBLISH && (byte & 0b110) <= 0b010;
    if (!isMessage && !FROM_BROKER.includes(type)) throw new MqttFault('the broker sends what it was not asked for');
    if (!isMessage && !this.#control.take())
      throw new MqttFault(`the broker sends more than ${CONTROL_PER_SECOND} answers a second`);
    this.#firstByte = byte;
    this.#length = 0;
    this.#lengthBytes = 0;
  }
}

type Chunk = (chunk: Uint8Array) => void;

/** As much of a client of the library `mqtt` as is needed here. */
export interface GuardedClient<Packet> {
  readonly stream: { prependListener(event: 'data', listener: Chunk): unknown };
  handleMessage(packet: Packet, done: () => void): void;
}

/**
 * Bounds what a broker can make a client of the library `mqtt` do: packets in size and kind before the library keeps
 * anything of them, messages in number, by letting the others wait. Call it before the client's first connection is there.
 * @param onFault is to destroy the stream
 */
export function guardMqttClient<Packet>(
  client: GuardedClient<Packet>,
  maxMessage: number,
  onFault: (fault: MqttFault) => void,
): void {
  const guard = new MqttGuard(maxMessage);
  const messages = new Allowance(MESSAGE_BURST, MESSAGES_PER_SECOND);
  let isOver = false;
  let inARow = 0;
  client.stream.prependListener('data', (chunk) => {
    if (isOver) return;
    try {
      guard.check(chunk);
    } catch (error) {
      isOver = true;
      onFault(error as MqttFault);
    }
  });
  client.handleMessage = (_packet, done) => {
    inARow += 1;
    const pause = messages.reserve();
    if (pause > 0) setTimeout(done, pause);
    else if (inARow % IN_A_ROW === 0) setImmediate(done);
    else done();
  };
}
