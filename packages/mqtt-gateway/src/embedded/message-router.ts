import { createHash, timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Logger } from '@framehub/frame';
import {
  Aedes,
  type AedesOptions,
  type AuthenticateError,
  type Client,
  type ConnectPacket,
  type PublishPacket,
} from 'aedes';
import type { EmbeddedServerSettings } from '../options.js';
import { ClientConnection } from './client-connection.js';
import { AedesPersistence, type ReplayTarget } from './persistence.js';
import { RetainedMessages } from './retained-messages.js';
import { fitsTopic, type OwnerTopics, publishRefusal, SubscriptionQuota } from './topic-rules.js';

/** Time in which CONNECT must be answered. */
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CLIENT_ID_BYTES = 256;
/** A will is kept for as long as its client is connected. */
const MAX_WILL_BYTES = 16_384;
/** Bytes that a message costs on its way to a client beside topic and payload. */
const HEADER_BYTES = 16;
/** Bytes of a message to the owner: commands and announcements are short. */
const MAX_TO_OWNER_BYTES = 65_536;
/** Bytes that may wait for the owner; further messages are dropped, so that acknowledgements of its own do not wait. */
const MAX_OWNER_WAITING_BYTES = 32_768;
/** CONNACK return codes (MQTT 3.1.1, table 3.1). */
const BAD_CLIENT_ID = 2;
const BAD_USER_OR_PASSWORD = 4;

export interface MessageRouterOptions {
  readonly settings: Pick<EmbeddedServerSettings, 'user' | 'password' | 'maxRetainedBytes'>;
  readonly owner: OwnerTopics | undefined;
  readonly allowsCommands: () => boolean;
  /** Counts what is refused, by reason. */
  readonly count: (reason: string) => void;
  readonly logger: Logger;
}

/** Routes messages between the owner and clients, and decides who may connect, publish, subscribe and receive what. */
export class MessageRouter {
  readonly #options: MessageRouterOptions;
  readonly #aedes: GuardedAedes;
  readonly #retained: RetainedMessages;
  readonly #persistence: AedesPersistence;
  readonly #subscriptions = new SubscriptionQuota();

  static async start(options: MessageRouterOptions): Promise<MessageRouter> {
    const router = new MessageRouter(options);
    await router.#aedes.listen();
    return router;
  }

  private constructor(options: MessageRouterOptions) {
    const { settings, count, logger } = options;
    this.#options = options;
    this.#retained = new RetainedMessages(settings.maxRetainedBytes);
    this.#persistence = new AedesPersistence(this.#retained, count);
    const aedes = new GuardedAedes(
      {
        connectTimeout: CONNECT_TIMEOUT_MS,
        // Each connection bounds what waits for it.
        concurrency: 0,
        drainTimeout: 0,
        maxInflightInbound: 0,
        persistence: this.#persistence,
        preConnect: (client, packet, done) => {
          this.#prepare(client, packet);
          done(null, true);
        },
        authenticate: (client, user, password, done) => {
          const refusal = this.#connectRefusal(client, user, password);
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
      this.#persistence.subscriber = remoteOf(client) ?? OWNER;
    });
    aedes.on('unsubscribe', (filters, client) => {
      const remote = remoteOf(client);
      if (remote) this.#subscriptions.remove(remote, filters);
    });
    aedes.on('clientError', (client, error) =>
      logger.debug({ client: client.id, err: error }, 'an MQTT client failed'),
    );
    aedes.on('connectionError', (_client, error) => logger.debug({ err: error }, 'an MQTT connection failed'));
    // The types of aedes lack this event.
    const emitter: EventEmitter = aedes;
    emitter.on('error', (error: Error) => logger.error({ err: error }, 'the embedded MQTT server has a fault'));
    this.#aedes = aedes;
  }

  get retainedBytes(): number {
    return this.#retained.bytes;
  }

  /** Takes a client's connection. */
  serve(connection: ClientConnection): void {
    connection.once('close', () => this.#subscriptions.clear(connection));
    this.#aedes.handle(connection);
  }

  /** Takes the owner's connection, which no client can have. */
  serveOwner(stream: Duplex): void {
    this.#aedes.handle(stream);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#aedes.close(resolve));
  }

  #prepare(client: Client, packet: ConnectPacket): void {
    // A session would keep messages for a client that may never return.
    packet.clean = true;
    const { will } = packet;
    if (!will || !remoteOf(client)) return;
    if (fitsTopic(will.topic) && will.payload.length <= MAX_WILL_BYTES) {
      // A part of the packet would keep all of it in memory.
      will.payload = Buffer.from(will.payload);
      return;
    }
    this.#options.count('will');
    delete packet.will;
  }

  #connectRefusal(client: Client, user = '', password: Buffer | string = ''): AuthenticateError | null {
    const { owner, count } = this.#options;
    if (!remoteOf(client)) return null;
    if (!this.#isAuthentic(user, password)) {
      count('password');
      return refusal('bad user name or password', BAD_USER_OR_PASSWORD);
    }
    if (client.id !== owner?.clientId && Buffer.byteLength(client.id) <= MAX_CLIENT_ID_BYTES) return null;
    count('client-id');
    return refusal('the client id is taken, or is too long', BAD_CLIENT_ID);
  }

  /** Compares digests, both in constant time: the response time reveals nothing. */
  #isAuthentic(user: string, password: Buffer | string): boolean {
    const { user: expectedUser, password: expectedPassword } = this.#options.settings;
    if (expectedUser === undefined || expectedPassword === undefined) return true;
    const isUser = equal(user, expectedUser);
    const isPassword = equal(password, expectedPassword);
    return isUser && isPassword;
  }

  #mayPublish(client: Client, { topic, payload, qos, retain }: PublishPacket): boolean {
    const { owner, count, allowsCommands } = this.#options;
    const remote = remoteOf(client);
    const reason = remote && publishRefusal(topic, owner, allowsCommands());
    if (reason) {
      count(reason);
      return false;
    }
    const message = { topic, payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload), qos };
    if (!retain || this.#retained.put(message, remote?.address)) return true;
    count('retained');
    return false;
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const remote = remoteOf(client);
    if (!remote || this.#subscriptions.add(remote, filter)) return true;
    this.#options.count('subscriptions');
    return false;
  }

  /** A client that does not read loses QoS 0 messages, and its connection where a message must not be lost. */
  #mayForward(client: Client, { payload, topic, qos, retain }: PublishPacket): boolean {
    const bytes = payload.length + topic.length + HEADER_BYTES;
    const remote = remoteOf(client);
    // Retained messages are sent at the client's own pace.
    const hasRoom = remote
      ? retain || remote.hasRoom(bytes)
      : bytes <= MAX_TO_OWNER_BYTES && (retain || client.conn.writableLength < MAX_OWNER_WAITING_BYTES);
    if (hasRoom) return true;
    this.#options.count('slow');
    if (qos > 0) remote?.destroy(new Error('the client does not read its messages'));
    return false;
  }
}

type Done = (error?: Error) => void;

/**
 * aedes that can refuse a message and go on: the message is acknowledged as its quality of service requires, and goes
 * nowhere. aedes itself can only end the connection.
 */
class GuardedAedes extends Aedes {
  readonly #admits: (packet: PublishPacket, client: Client) => boolean;

  /** @param admits whether a client's message, or its will, is passed on */
  constructor(options: AedesOptions, admits: (packet: PublishPacket, client: Client) => boolean) {
    super(options);
    this.#admits = admits;
    // Topics with too many levels are refused here, without ending the connection.
    Object.assign(this, { maxTopicLevels: Number.POSITIVE_INFINITY });
  }

  /** Without a client it is a message of aedes itself. */
  override publish(packet: PublishPacket, ...rest: [Done] | [Client | null | undefined, Done?]): void {
    const [client, done] =
      rest.length === 1 && typeof rest[0] === 'function' ? [undefined, rest[0]] : (rest as [Client?, Done?]);
    if (client && !this.#admits(packet, client)) done?.();
    else super.publish(packet, ...(rest as [Done]));
  }
}

/** The owner reads all retained messages at once. */
const OWNER: ReplayTarget = { ready: async () => true, replays() {} };

/** Undefined for the owner. */
const remoteOf = ({ conn }: Client): ClientConnection | undefined =>
  conn instanceof ClientConnection ? conn : undefined;

const refusal = (message: string, returnCode: number): AuthenticateError =>
  Object.assign(new Error(message), { returnCode });

const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();
const equal = (given: string | Buffer, known: string): boolean => timingSafeEqual(digest(given), digest(known));
