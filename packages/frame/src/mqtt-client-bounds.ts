import { Allowance } from './limits.js';
import { MqttFault, MqttGuard } from './mqtt-guard.js';

/**
 * Messages that are handled at once and per second; the others wait. High enough that the response to a ping is still read
 * in time, although it comes after all messages of a flood that the system has buffered.
 */
const MESSAGE_BURST = 10_000;
const MESSAGES_PER_SECOND = 10_000;
/** Messages that are handled in one turn of the event loop. */
const MESSAGES_PER_TURN = 32;
/** Milliseconds that a message may take to be read and handled. One that took longer is followed by a pause, this many times as long. */
const SLOW_MESSAGE_MS = 5;
const PAUSE_FACTOR = 4;
/** Messages of QoS 2 that are not released yet; the oldest is dropped first. */
const MAX_UNRELEASED = 64;

/** The part of a client of the library `mqtt` that is used here. */
export interface BoundedClient {
  /** Receives bytes by `push`, whether it is a socket, TLS, or a WebSocket. */
  readonly stream: { push(chunk: unknown, encoding?: BufferEncoding): boolean };
  incomingStore: object;
  handleMessage(packet: never, done: () => void): void;
}

/**
 * Bounds what an MQTT server can make a client of the library `mqtt` do: the size and type of packets before the library
 * reads them, the rate of messages, and the number of QoS 2 messages that are not released. Call it before the client's
 * first connection is established.
 *
 * @param client borrowed: its stream, store and message handler are replaced
 * @param maxMessage bytes of a packet that carries a message
 * @param onFault called once, to destroy the stream
 */
export function boundMqttClient(client: BoundedClient, maxMessage: number, onFault: (fault: MqttFault) => void): void {
  const pace = new MessagePace();
  client.incomingStore = new UnreleasedMessages(maxMessage, pace);
  client.handleMessage = (_packet: never, done: () => void) => pace.next(done);
  const { stream } = client;
  const guard = new MqttGuard(maxMessage);
  const push = stream.push.bind(stream);
  let isOver = false;
  const end = (error: unknown): false => {
    isOver = true;
    onFault(error instanceof MqttFault ? error : new MqttFault(`the MQTT server sends what cannot be read (${error})`));
    return false;
  };
  stream.push = (chunk, encoding) => {
    // The library gets nothing of a chunk with a fault: it would still process it after the client has ended.
    if (isOver) return false;
    pace.noteArrival();
    try {
      if (chunk instanceof Uint8Array) guard.check(chunk);
      return push(chunk, encoding);
    } catch (error) {
      return end(error);
    }
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

/** The connection that {@link mqttClientOptions} makes options for. */
export interface MqttClientRequest {
  /** 4 is MQTT 3.1.1. */
  readonly version: 4 | 5;
  readonly password: string | undefined;
  /** Bytes of a packet that carries a message; MQTT 5 servers do not send larger ones. */
  readonly maxMessage: number;
}

/**
 * Options of the library `mqtt` for a client that makes one connection and keeps nothing for the next one. For use with
 * {@link boundMqttClient}.
 */
export function mqttClientOptions({ version, password, maxMessage }: MqttClientRequest) {
  return {
    protocolVersion: version,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // The library's packet writer logs texts where DEBUG is set, but not buffers.
    ...(password !== undefined && { password: Buffer.from(password) }),
    // The library's own log shows all options.
    log: () => {},
    // WebSocket frames hold no more than one packet, and are not larger than they seem.
    wsOptions: { maxPayload: maxMessage + 16, perMessageDeflate: false },
    ...(version === 5 && { properties: { maximumPacketSize: maxMessage } }),
  };
}

/** Leaves time for everything else, however many messages come, and however long they take. */
class MessagePace {
  readonly #messages = new Allowance(MESSAGE_BURST, MESSAGES_PER_SECOND);
  #inARow = 0;
  #since = performance.now();

  /** Bytes arrived. */
  noteArrival(): void {
    this.#since = performance.now();
  }

  /** A message was handled. @param done called when the next one may be handled */
  next(done: () => void): void {
    const next = (): void => {
      this.noteArrival();
      done();
    };
    const took = performance.now() - this.#since;
    const pause = Math.max(this.#messages.reserve(), took > SLOW_MESSAGE_MS ? took * PAUSE_FACTOR : 0);
    this.#inARow += 1;
    if (pause > 0) setTimeout(next, pause);
    else if (this.#inARow % MESSAGES_PER_TURN === 0) setImmediate(next);
    else next();
  }
}

interface Numbered {
  readonly messageId?: number;
  readonly payload?: { readonly length: number };
}

type Found = (error?: Error | null, packet?: Numbered) => void;

/**
 * QoS 2 messages between PUBLISH and PUBREL (a "store" of the library), bounded: an MQTT server may never release them. A
 * message that was dropped is still acknowledged. Works after the client's end, because the library may use it then.
 */
class UnreleasedMessages {
  readonly #messages = new Map<number | undefined, Numbered>();
  readonly #maxBytes: number;
  readonly #pace: MessagePace;
  #bytes = 0;

  constructor(maxBytes: number, pace: MessagePace) {
    this.#maxBytes = maxBytes;
    this.#pace = pace;
  }

  put(packet: Numbered, done: () => void): this {
    this.#remove(packet.messageId);
    this.#messages.set(packet.messageId, packet);
    this.#bytes += packet.payload?.length ?? 0;
    for (const oldest of this.#messages.keys()) {
      if (this.#bytes <= this.#maxBytes && this.#messages.size <= MAX_UNRELEASED) break;
      this.#remove(oldest);
    }
    this.#pace.next(done);
    return this;
  }

  get({ messageId }: Numbered, found: Found): this {
    this.#answer(this.#messages.get(messageId), found);
    return this;
  }

  del({ messageId }: Numbered, found?: Found): this {
    this.#answer(this.#remove(messageId), found);
    return this;
  }

  close(done?: () => void): void {
    this.#messages.clear();
    this.#bytes = 0;
    done?.();
  }

  #remove(messageId: number | undefined): Numbered | undefined {
    const packet = this.#messages.get(messageId);
    this.#messages.delete(messageId);
    this.#bytes -= packet?.payload?.length ?? 0;
    return packet;
  }

  #answer(packet: Numbered | undefined, found?: Found): void {
    if (packet) found?.(null, packet);
    else found?.(new Error('no such message'));
  }
}
