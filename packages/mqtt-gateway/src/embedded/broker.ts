import { createHash, timingSafeEqual } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Counters, codeOf, FramehubError, type Logger, silentLogger } from '@framehub/frame';
import type { Aedes, AuthenticateError, Client, PublishPacket } from 'aedes';
import { BoundedConnection } from './bounded-connection.js';
import { type EmbeddedBrokerOptions, type EmbeddedBrokerSettings, embeddedSchema } from './options.js';
import { RetainedLedger } from './retained-ledger.js';

/** Subscriptions of one client. */
const MAX_SUBSCRIPTIONS = 1000;
/** Milliseconds for CONNECT to come, and for a client that is far behind to take something. */
const PATIENCE = 10_000;
const BAD_USER_OR_PASSWORD = 4;
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** A small MQTT 3.1.1 broker in this process, for one machine or a home. Keeps retained messages in memory, and no sessions. */
export class EmbeddedBroker {
  readonly #settings: EmbeddedBrokerSettings;
  readonly #server: Server;
  #aedes: Aedes | undefined;
  readonly #retained: RetainedLedger;
  readonly #refused = new Counters();
  readonly #sockets = new Set<Socket>();
  #port = 0;

  /** @throws FramehubError `MQTT_BAD_OPTION` */
  constructor(
    options: EmbeddedBrokerOptions = {},
    private readonly logger: Logger = silentLogger,
  ) {
    const read = embeddedSchema.safeParse(options);
    if (!read.success) {
      const [issue] = read.error.issues;
      const key = issue?.path.join('.') || 'embedded';
      throw new FramehubError('MQTT_BAD_OPTION', `${key} is not possible: ${issue?.message.toLowerCase()}`, { key });
    }
    this.#settings = read.data;
    this.#retained = new RetainedLedger(this.#settings.maxRetained);
    this.#server = createServer();
    this.#server.maxConnections = this.#settings.maxConnections;
    this.#server.on('drop', () => this.#refused.add('connections'));
  }

  /** Rejects with `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN`, `MQTT_ADDRESS_UNAVAILABLE`. */
  async start(): Promise<void> {
    const { host, port, user } = this.#settings;
    const aedes = await this.#makeAedes();
    this.#aedes = aedes;
    await aedes.listen();
    this.#server.on('connection', (socket) => this.#accept(socket, aedes));
    try {
      this.#server.listen({ host, port });
      await once(this.#server, 'listening');
    } catch (error) {
      aedes.close();
      throw explain(error, host, port);
    }
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address ? address.port : port;
    this.logger.info({ host, port: this.#port }, `MQTT broker on ${host}:${this.#port}`);
    if (!LOOPBACK.test(host) && user === undefined)
      this.logger.warn({ host }, `anyone who reaches ${host} may use the MQTT broker: give it user and password`);
  }

  get port(): number {
    return this.#port;
  }

  /** For clients on this machine. */
  get url(): string {
    const { host } = this.#settings;
    const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    return `mqtt://${reachable.includes(':') ? `[${reachable}]` : reachable}:${this.#port}`;
  }

  stats(): EmbeddedBrokerStats {
    return { clients: this.#sockets.size, retainedBytes: this.#retained.bytes, refused: this.#refused.toJSON() };
  }

  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    await new Promise<void>((resolve) => {
      if (this.#aedes) this.#aedes.close(resolve);
      else resolve();
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket, aedes: Aedes): void {
    const { maxPacket } = this.#settings;
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Two of the largest: then nobody ever waits for one client to take what the others have.
    aedes.handle(new BoundedConnection(socket, { maxPacket, maxBuffered: 2 * maxPacket + 4096 }));
  }

  async #makeAedes(): Promise<Aedes> {
    // Only who wants a broker pays for one.
    const { Aedes } = await import('aedes');
    const aedes = new Aedes({
      connectTimeout: PATIENCE,
      drainTimeout: PATIENCE,
      preConnect: (_client, packet, done) => {
        // A session would keep messages for a client that may never come back.
        packet.clean = true;
        done(null, true);
      },
      authenticate: (_client, user, password, done) => {
        if (this.#admits(user, password)) done(null, true);
        else done(this.#notAdmitted(), false);
      },
      authorizePublish: (_client, packet, done) => done(this.#faultOf(packet)),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, subscriptionsOf(client) < MAX_SUBSCRIPTIONS ? subscription : null),
      authorizeForward: (client, packet) => (this.#mayForward(client, packet) ? packet : null),
    });
    aedes.on('clientError', (client, error) =>
      this.logger.debug({ client: client.id, err: error }, 'an MQTT client failed'),
    );
    aedes.on('connectionError', (_client, error) => this.logger.debug({ err: error }, 'an MQTT connection failed'));
    // Its types forget this one.
    const emitter: EventEmitter = aedes;
    emitter.on('error', (error: Error) => this.logger.error({ err: error }, 'the MQTT broker has a fault'));
    return aedes;
  }

  /** Digests are compared, both, in constant time: how long an answer takes tells nothing. */
  #admits(user: string | undefined, password: Buffer | undefined): boolean {
    const { user: known, password: secret } = this.#settings;
    if (known === undefined || secret === undefined) return true;
    const rightUser = equal(user ?? '', known);
    const rightPassword = equal(password ?? '', secret);
    return rightUser && rightPassword;
  }

  #notAdmitted(): AuthenticateError {
    this.#refused.add('password');
    return Object.assign(new Error('bad user name or password'), { returnCode: BAD_USER_OR_PASSWORD as number });
  }

  #faultOf({ topic, payload, retain }: PublishPacket): Error | null {
    if (topic.startsWith('$SYS/')) return new Error('$SYS/ is reserved');
    if (!retain || this.#retained.admits(topic, payload.length)) return null;
    this.#refused.add('retained');
    return new Error('too much is retained');
  }

  /** A client that does not read misses messages, or, where none may be missed, the broker. */
  #mayForward(client: Client, { payload, topic, qos }: PublishPacket): boolean {
    const connection = client.conn as BoundedConnection;
    if (connection.hasRoom(payload.length + topic.length + 16)) return true;
    this.#refused.add('slow');
    if (qos > 0) connection.destroy(new Error('the client does not take its messages'));
    return false;
  }
}

const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();
const equal = (given: string | Buffer, known: string): boolean => timingSafeEqual(digest(given), digest(known));

const subscriptionsOf = (client: Client): number =>
  'subscriptions' in client ? Object.keys(client.subscriptions as object).length : 0;

function explain(error: unknown, host: string, port: number): unknown {
  const make = (code: string, message: string) => new FramehubError(code, message, { host, port }, { cause: error });
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return make(
        'MQTT_PORT_IN_USE',
        `port ${port} is in use, perhaps by another MQTT broker: use that one, or another port`,
      );
    case 'EACCES':
      return make('MQTT_PORT_FORBIDDEN', `port ${port} may not be used by this user: choose one from 1024 to 65535`);
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return make('MQTT_ADDRESS_UNAVAILABLE', `this machine has no address ${host}: use one that it has, or 127.0.0.1`);
    default:
      return error;
  }
}

export interface EmbeddedBrokerStats {
  readonly clients: number;
  readonly retainedBytes: number;
  /** What was not let through, by reason: `connections`, `password`, `retained`, `slow`. */
  readonly refused: Readonly<Record<string, number>>;
}
