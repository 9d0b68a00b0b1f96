import { createHash, timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Logger } from '@framehub/frame';
import type { AuthenticateError, Client, ConnectPacket, PublishPacket } from 'aedes';
import { BrokerMemory, type Reader } from './broker-memory.js';
import { ClientConnection } from './connection.js';
import { GuardedAedes } from './guarded-aedes.js';
import { RetainedMessages } from './retained-messages.js';
import { Subscriptions } from './subscriptions.js';
import { fitsTopic, type OwnTopics, refusalOf } from './topic-rules.js';

/** Milliseconds for CONNECT to be answered. */
const CONNECT_TIME = 10_000;
const MAX_CLIENT_ID_BYTES = 256;
/** Bytes of a will, which is kept for as long as its client is there. */
const MAX_WILL_BYTES = 16_384;
/** Bytes that a message costs on its way to a client beside topic and payload. */
const OVERHEAD = 16;
/** Bytes of a message that the owner is sent: commands and announcements are short. */
const MAX_TO_OWNER = 65_536;
/** Bytes that wait for the owner, beyond which he misses messages: answers to his own come behind them. */
const OWNER_WAITING = 32_768;
/** CONNACK's return codes (MQTT 3.1.1, table 3.1). */
const BAD_CLIENT_ID = 2;
const BAD_USER_OR_PASSWORD = 4;

export interface ExchangeOptions {
  readonly own: OwnTopics | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly maxRetained: number;
  readonly mayCommand: () => boolean;
  /** Counts what is refused, by reason. */
  readonly count: (reason: string) => void;
  readonly logger: Logger;
}

/** Passes messages between the owner and clients, and decides who may connect, publish, subscribe and be sent what. */
export class Exchange {
  readonly #aedes: GuardedAedes;
  readonly #retained: RetainedMessages;
  readonly #memory: BrokerMemory;
  readonly #subscriptions = new Subscriptions();

  static async start(options: ExchangeOptions): Promise<Exchange> {
    const exchange = new Exchange(options);
    await exchange.#aedes.listen();
    return exchange;
  }

  private constructor(private readonly options: ExchangeOptions) {
    const { count, logger, maxRetained } = options;
    this.#retained = new RetainedMessages(maxRetained);
    this.#memory = new BrokerMemory(this.#retained, count);
    const aedes = new GuardedAedes(
      {
        connectTimeout: CONNECT_TIME,
        // What waits is bounded where it waits, at each connection.
        concurrency: 0,
        drainTimeout: 0,
        maxInflightInbound: 0,
        persistence: this.#memory,
        preConnect: (client, packet, done) => {
          this.#prepare(client, packet);
          done(null, true);
        },
        authenticate: (client, user, password, done) => {
          const refusal = this.#refusalToConnect(client, user, password);
          done(refusal, refusal === null);
        },
        authorizePublish: (_client, _packet, done) => done(null),
        authorizeSubscribe: (client, subscription, done) =>
          done(null, this.#maySubscribe(client, subscription.topic) ? subscription : null),
        authorizeForward: (client, packet) => (this.#mayForward(client, packet) ? packet : null),
      },
      (packet, client) => this.#mayPublish(client, packet),
    );
    aedes.on('subscribe', (_subscriptions, client) => {
      this.#memory.reader = strangerOf(client) ?? OWNER;
    });
    aedes.on('unsubscribe', (filters, client) => {
      const stranger = strangerOf(client);
      if (stranger) this.#subscriptions.remove(stranger, filters);
    });
    aedes.on('clientError', (client, error) =>
      logger.debug({ client: client.id, err: error }, 'an MQTT client failed'),
    );
    aedes.on('connectionError', (_client, error) => logger.debug({ err: error }, 'an MQTT connection failed'));
    // Its types forget this one.
    const emitter: EventEmitter = aedes;
    emitter.on('error', (error: Error) => logger.error({ err: error }, 'the MQTT broker has a fault'));
    this.#aedes = aedes;
  }

  get retainedBytes(): number {
    return this.#retained.bytes;
  }

  /** Takes a stranger's connection. */
  serve(connection: ClientConnection): void {
    connection.once('close', () => this.#subscriptions.clear(connection));
    this.#aedes.handle(connection);
  }

  /** Takes the owner's end of a connection that nobody else can have. */
  serveOwner(stream: Duplex): void {
    this.#aedes.handle(stream);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#aedes.close(resolve));
  }

  #prepare(client: Client, packet: ConnectPacket): void {
    // A session would keep messages for a client that may never come back.
    packet.clean = true;
    const { will } = packet;
    if (!will || !strangerOf(client)) return;
    if (fitsTopic(will.topic) && will.payload.length <= MAX_WILL_BYTES) {
      // A part of the packet would keep all of it.
      will.payload = Buffer.from(will.payload);
      return;
    }
    this.options.count('will');
    delete packet.will;
  }

  #refusalToConnect(client: Client, user = '', password: Buffer | string = ''): AuthenticateError | null {
    const { own, count } = this.options;
    if (!strangerOf(client)) return null;
    if (!this.#isKnown(user, password)) {
      count('password');
      return refusal('bad user name or password', BAD_USER_OR_PASSWORD);
    }
    if (client.id !== own?.clientId && Buffer.byteLength(client.id) <= MAX_CLIENT_ID_BYTES) return null;
    count('client-id');
    return refusal('the client id is taken, or is too long', BAD_CLIENT_ID);
  }

  /** Digests are compared, both, in constant time: how long an answer takes tells nothing. */
  #isKnown(user: string, password: Buffer | string): boolean {
    const { user: known, password: secret } = this.options;
    if (known === undefined || secret === undefined) return true;
    const rightUser = equal(user, known);
    const rightPassword = equal(password, secret);
    return rightUser && rightPassword;
  }

  #mayPublish(client: Client, { topic, payload, qos, retain }: PublishPacket): boolean {
    const { own, count, mayCommand } = this.options;
    const stranger = strangerOf(client);
    const reason = stranger && refusalOf(topic, own, mayCommand());
    if (reason) {
      count(reason);
      return false;
    }
    const message = { topic, payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload), qos };
    if (!retain || this.#retained.put(message, stranger?.address)) return true;
    count('retained');
    return false;
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const stranger = strangerOf(client);
    if (!stranger || this.#subscriptions.add(stranger, filter)) return true;
    this.options.count('subscriptions');
    return false;
  }

  /** A client that does not read misses messages, or, where none may be missed, the broker. */
  #mayForward(client: Client, { payload, topic, qos, retain }: PublishPacket): boolean {
    const bytes = payload.length + topic.length + OVERHEAD;
    const stranger = strangerOf(client);
    // Retained ones are sent at the client's own pace.
    const isFree = stranger
      ? retain || stranger.hasRoom(bytes)
      : bytes <= MAX_TO_OWNER && (retain || client.conn.writableLength < OWNER_WAITING);
    if (isFree) return true;
    this.options.count('slow');
    if (qos > 0) stranger?.destroy(new Error('the client does not take its messages'));
    return false;
  }
}

/** The owner has no limit to what he is sent of what is retained. */
const OWNER: Reader = { ready: async () => true, replays() {} };

/** Undefined for the owner. */
const strangerOf = ({ conn }: Client): ClientConnection | undefined =>
  conn instanceof ClientConnection ? conn : undefined;

const refusal = (message: string, returnCode: number): AuthenticateError =>
  Object.assign(new Error(message), { returnCode });

const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();
const equal = (given: string | Buffer, known: string): boolean => timingSafeEqual(digest(given), digest(known));
