import { Allowance } from './allowance.js';
import { MqttFault, MqttGuard } from './mqtt-guard.js';

/**
 * Messages that are handled: the rest waits. So many that the answer to a ping, which comes behind what the system keeps
 * for us of a flood, still comes in time.
 */
const MESSAGE_BURST = 10_000;
const MESSAGES_PER_SECOND = 10_000;
/** Messages in a row, after which everything else gets a turn. */
const IN_A_ROW = 32;
/** Milliseconds that a message may take to be read and handled; after one that took longer comes a pause, so many times as long. */
const LONG = 5;
const PAUSE_AFTER_LONG = 4;
/** Messages of QoS 2 that have begun to come; the oldest goes first. */
const MAX_BEGUN = 64;

/** As much of a client of the library `mqtt` as is needed here. */
export interface BoundedClient {
  /** Bytes come into it by `push`, whatever it is made of: a socket, TLS, or a WebSocket. */
  readonly stream: { push(chunk: unknown, encoding?: BufferEncoding): boolean };
  incomingStore: object;
  handleMessage(packet: never, done: () => void): void;
}

/**
 * Bounds what a broker can make a client of the library `mqtt` do: packets in size and kind before the library sees
 * anything of them, messages in number, by letting the others wait, and those of QoS 2 that have begun.
 * Call it before the client's first connection is there.
 * @param maxMessage bytes of a packet that carries a message
 * @param onFault is to destroy the stream
 */
export function boundMqttClient(client: BoundedClient, maxMessage: number, onFault: (fault: MqttFault) => void): void {
  const pace = new MessagePace();
  client.incomingStore = new BegunMessages(maxMessage, pace);
  client.handleMessage = (_packet: never, done: () => void) => pace.next(done);
  const { stream } = client;
  const guard = new MqttGuard(maxMessage);
  const push = stream.push.bind(stream);
  let isOver = false;
  const end = (error: unknown): false => {
    isOver = true;
    onFault(error instanceof MqttFault ? error : new MqttFault(`the broker sends what cannot be read (${error})`));
    return false;
  };
  stream.push = (chunk, encoding) => {
    // Of what comes with a fault the library gets nothing: a client that has ended would still work on it.
    if (isOver) return false;
    pace.began();
    try {
      if (chunk instanceof Uint8Array) guard.check(chunk);
      return push(chunk, encoding);
    } catch (error) {
      return end(error);
    }
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

/** What {@link mqttClientOptions} needs to know of a connection. */
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

  /** Bytes came. */
  began(): void {
    this.#since = performance.now();
  }

  /** A message has been handled. @param done is called when the next one may be */
  next(done: () => void): void {
    const next = (): void => {
      this.began();
      done();
    };
    const took = performance.now() - this.#since;
    const pause = Math.max(this.#messages.reserve(), took > LONG ? took * PAUSE_AFTER_LONG : 0);
    this.#inARow += 1;
    if (pause > 0) setTimeout(next, pause);
    else if (this.#inARow % IN_A_ROW === 0) setImmediate(next);
    else next();
  }
}

interface Numbered {
  readonly messageId?: number;
  readonly payload?: { readonly length: number };
}

type Found = (error?: Error | null, packet?: Numbered) => void;

/**
 * Messages of QoS 2 between PUBLISH and PUBREL, as the library keeps them ("store"), but not without end: a broker may
 * never release them. One that was dropped is acknowledged all the same. Works after the client's end, as the library may.
 */
class BegunMessages {
  readonly #messages = new Map<number | undefined, Numbered>();
  #bytes = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly pace: MessagePace,
  ) {}

  put(packet: Numbered, done: () => void): this {
    this.#remove(packet.messageId);
    this.#messages.set(packet.messageId, packet);
    this.#bytes += packet.payload?.length ?? 0;
    for (const oldest of this.#messages.keys()) {
      if (this.#bytes <= this.maxBytes && this.#messages.size <= MAX_BEGUN) break;
      this.#remove(oldest);
    }
    this.pace.next(done);
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
