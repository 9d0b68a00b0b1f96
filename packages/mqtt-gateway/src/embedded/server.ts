import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import {
  Counters,
  codeOf,
  FairShare,
  FramehubError,
  type Logger,
  LoopTurns,
  shareKey,
  silentLogger,
} from '@framehub/frame';
import { ClientConnection, type ConnectionLimits } from './connection.js';
import type { Exchange } from './exchange.js';
import { type EmbeddedBrokerOptions, type EmbeddedBrokerSettings, embeddedSchema } from './options.js';
import { SharedBytes } from './shared-bytes.js';
import type { OwnTopics } from './topic-rules.js';

/** Bytes of a message of the owner's. */
export const MAX_OWN_PACKET = 8_388_608;
/** Bytes on their way to one client: two of the largest messages; and to all, and in packets that are not complete. */
const MAX_WAITING = 2 * MAX_OWN_PACKET + 4096;
const ALL_WAITING = 25_165_824;
const ALL_UNFINISHED = 16_777_216;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;

/**
 * A small MQTT 3.1.1 broker in this process, for one machine or a home. Keeps retained messages in memory, and no
 * sessions. It belongs to whom it was made by; all others are strangers, who can neither take its memory nor speak for
 * its owner.
 */
export class EmbeddedBroker {
  readonly #settings: EmbeddedBrokerSettings;
  readonly #server: Server;
  readonly #refused = new Counters();
  readonly #seats: FairShare;
  readonly #clients = new Set<ClientConnection>();
  readonly #limits: ConnectionLimits;
  #exchange: Exchange | undefined;
  #owner: Duplex | undefined;
  #port = 0;
  #isLoopback = false;

  /**
   * @param own topics that only the owner writes, over `connect`
   * @throws FramehubError `MQTT_INVALID_OPTION`
   */
  constructor(
    options: EmbeddedBrokerOptions = {},
    private readonly logger: Logger = silentLogger,
    private readonly own?: OwnTopics,
  ) {
    const read = embeddedSchema.safeParse(options);
    if (!read.success) {
      const [issue] = read.error.issues;
      const key = issue?.path.join('.') || 'embedded';
      throw new FramehubError('MQTT_INVALID_OPTION', `${key} is not possible: ${issue?.message.toLowerCase()}`, {
        key,
      });
    }
    this.#settings = read.data;
    const { maxConnections, maxPacket } = this.#settings;
    this.#seats = new FairShare(maxConnections);
    this.#limits = {
      maxPacket,
      maxWaiting: MAX_WAITING,
      unfinished: new SharedBytes(Math.max(ALL_UNFINISHED, 2 * maxPacket)),
      waiting: new SharedBytes(ALL_WAITING),
      turns: new LoopTurns(),
      count: (reason) => this.#refused.add(reason),
    };
    // What came before the other side's end is read too.
    this.#server = createServer({ allowHalfOpen: true });
  }

  /** Rejects with `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN`, `MQTT_ADDRESS_UNAVAILABLE`. */
  async start(): Promise<void> {
    const { host, port } = this.#settings;
    const exchange = await this.#makeExchange();
    try {
      this.#server.listen({ host, port });
      await once(this.#server, 'listening');
    } catch (error) {
      await exchange.close();
      throw explain(error, host, port);
    }
    this.#exchange = exchange;
    this.#server.on('connection', (socket) => this.#accept(socket, exchange));
    const address = this.#server.address();
    const bound = typeof address === 'object' && address ? address : { port, address: host };
    this.#port = bound.port;
    this.#isLoopback = LOOPBACK.test(bound.address);
    this.logger.info({ host, port: this.#port }, `MQTT broker on ${host}:${this.#port}`);
    if (!this.#mayCommand)
      this.logger.warn(
        { host },
        `anyone who reaches ${host} may use the MQTT broker, but commands to cameras are refused: give it user and password`,
      );
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
    return {
      clients: this.#clients.size + (this.#owner ? 1 : 0),
      retainedBytes: this.#exchange?.retainedBytes ?? 0,
      refused: this.#refused.toJSON(),
    };
  }

  /**
   * The owner's connection, which is no socket: nobody else can be mistaken for it, take its place, or be in its way.
   * @returns owned by the caller; ended at once where the broker does not run
   */
  connect(): Duplex {
    // Of what waits for the owner the exchange takes care.
    const [near, far] = duplexPair({ writableHighWaterMark: Number.MAX_SAFE_INTEGER });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    if (!this.#exchange) near.destroy();
    else {
      this.#owner = near;
      near.once('close', () => {
        if (this.#owner === near) this.#owner = undefined;
      });
      this.#exchange.serveOwner(near);
    }
    return far;
  }

  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    await this.#exchange?.close();
    for (const client of this.#clients) client.destroy();
    await closed;
  }

  #accept(socket: Socket, exchange: Exchange): void {
    // At once: no connection of another may come in between.
    const leave = this.#seats.enter(shareKey(socket.remoteAddress), () => {
      this.#refused.add('connections');
      socket.destroy();
    });
    if (!leave) {
      this.#refused.add('connections');
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const client = new ClientConnection(socket, this.#limits);
    this.#clients.add(client);
    client.once('close', () => {
      this.#clients.delete(client);
      leave();
    });
    exchange.serve(client);
  }

  /** Who does not need a name may be anybody. */
  get #mayCommand(): boolean {
    return this.#settings.user !== undefined || this.#isLoopback;
  }

  async #makeExchange(): Promise<Exchange> {
    // Only who wants a broker pays for one.
    const { Exchange } = await import('./exchange.js');
    const { user, password, maxRetained } = this.#settings;
    return Exchange.start({
      own: this.own,
      user,
      password,
      maxRetained,
      mayCommand: () => this.#mayCommand,
      count: (reason) => this.#refused.add(reason),
      logger: this.logger,
    });
  }
}

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
  /** With the owner. */
  readonly clients: number;
  readonly retainedBytes: number;
  /**
   * What was not let through, by reason. Connections: `connections`, `password`, `client-id`. Messages, which are
   * acknowledged all the same: `topic`, `own-topic`, `anonymous`, `retained`, `in-flight`; wills: `will`. `subscriptions`.
   * Clients that were closed, or missed a live message: `slow`; closed: `packet`, `time`, `unfinished`.
   */
  readonly refused: Readonly<Record<string, number>>;
}
