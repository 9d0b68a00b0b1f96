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
import { type EmbeddedServerListenOptions, type EmbeddedServerSettings, readEmbeddedOptions } from '../options.js';
import { ClientConnection, type ConnectionLimits } from './client-connection.js';
import type { MessageRouter } from './message-router.js';
import { MemoryBudget } from './quotas.js';
import type { OwnerTopics } from './topic-rules.js';

/** Bytes of a message of the owner. */
export const MAX_OWNER_PACKET_BYTES = 8_388_608;
/** Bytes that may wait for one client: two of the largest messages. */
const MAX_WAITING_BYTES = 2 * MAX_OWNER_PACKET_BYTES + 4096;
/** Bytes that may wait for all clients, and that all incomplete packets may hold. */
const TOTAL_WAITING_BYTES = 25_165_824;
const TOTAL_INCOMPLETE_BYTES = 16_777_216;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;

/** Options of an {@link EmbeddedServer}. */
export interface EmbeddedServerOptions extends EmbeddedServerListenOptions {
  /** Topics that only the owner publishes to, over {@link EmbeddedServer.connect}. @default none */
  readonly owner?: OwnerTopics | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
}

/** State of an {@link EmbeddedServer}. */
export interface EmbeddedServerStats {
  /** Clients connected, including the owner. */
  readonly clients: number;
  readonly retainedBytes: number;
  /**
   * What was refused, by reason. Connections: `connections`, `password`, `client-id`. Messages, which are acknowledged
   * all the same: `topic`, `own-topic`, `anonymous`, `retained`, `in-flight`; wills: `will`; subscriptions:
   * `subscriptions`. Clients that were disconnected, or missed a live message: `slow`; disconnected: `packet`, `time`,
   * `unfinished`.
   */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * A small MQTT 3.1.1 server in this process, for one machine or a home. Keeps retained messages in memory, and no
 * sessions. Its owner is the program that made it; no other client can fill its memory or publish as its owner.
 *
 * @example
 * await using server = new EmbeddedServer({ port: 1884 });
 * await server.start();
 */
export class EmbeddedServer implements AsyncDisposable {
  readonly #settings: EmbeddedServerSettings;
  readonly #owner: OwnerTopics | undefined;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #refused = new Counters();
  readonly #seats: FairShare;
  readonly #clients = new Set<ClientConnection>();
  readonly #limits: ConnectionLimits;
  #router: MessageRouter | undefined;
  #ownerStream: Duplex | undefined;
  #port = 0;
  #isLoopback = false;

  /** @throws FramehubError `MQTT_INVALID_OPTION` */
  constructor({ owner, logger = silentLogger, ...listen }: EmbeddedServerOptions = {}) {
    this.#settings = readEmbeddedOptions(listen);
    this.#owner = owner;
    this.#logger = logger;
    const { maxConnections, maxPacketBytes } = this.#settings;
    this.#seats = new FairShare(maxConnections);
    this.#limits = {
      maxPacketBytes,
      maxWaitingBytes: MAX_WAITING_BYTES,
      incomplete: new MemoryBudget(Math.max(TOTAL_INCOMPLETE_BYTES, 2 * maxPacketBytes)),
      waiting: new MemoryBudget(TOTAL_WAITING_BYTES),
      turns: new LoopTurns(),
      count: (reason) => this.#refused.add(reason),
    };
    // A client may send its last packets and end its side at once.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /**
   * Starts to listen. May be called again after it has failed.
   *
   * @param options.signal closes the server again if it aborts before the server listens
   * @throws FramehubError `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN`, `MQTT_ADDRESS_UNAVAILABLE`; the signal's reason
   */
  async start({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    signal?.throwIfAborted();
    const { host, port } = this.#settings;
    this.#router = await this.#startRouter();
    try {
      this.#server.listen({ host, port });
      await once(this.#server, 'listening');
    } catch (error) {
      await this.#router.close();
      this.#router = undefined;
      throw listenError(error, host, port);
    }
    const address = this.#server.address();
    const bound = typeof address === 'object' && address ? address : { port, address: host };
    this.#port = bound.port;
    this.#isLoopback = LOOPBACK.test(bound.address);
    if (signal?.aborted) {
      await this.close();
      throw signal.reason;
    }
    this.#logger.info({ host, port: this.#port }, `MQTT server on ${host}:${this.#port}`);
    if (!this.#allowsCommands)
      this.#logger.warn(
        { host },
        `anyone who reaches ${host} may use the MQTT server, but commands to cameras are refused: set user and password`,
      );
  }

  /** The port it listens on; 0 before the start. */
  get port(): number {
    return this.#port;
  }

  /** Address for clients on this machine. */
  get url(): string {
    const { host } = this.#settings;
    const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    return `mqtt://${reachable.includes(':') ? `[${reachable}]` : reachable}:${this.#port}`;
  }

  stats(): EmbeddedServerStats {
    return {
      clients: this.#clients.size + (this.#ownerStream ? 1 : 0),
      retainedBytes: this.#router?.retainedBytes ?? 0,
      refused: this.#refused.toJSON(),
    };
  }

  /**
   * Makes the owner's connection. It is no socket: no client can be mistaken for it, replace it or delay it.
   *
   * @returns owned by the caller; ended at once if the server does not run
   */
  connect(): Duplex {
    // The router limits what waits for the owner.
    const [near, far] = duplexPair({ writableHighWaterMark: Number.MAX_SAFE_INTEGER });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    if (!this.#router) near.destroy();
    else {
      this.#ownerStream = near;
      near.once('close', () => {
        if (this.#ownerStream === near) this.#ownerStream = undefined;
      });
      this.#router.serveOwner(near);
    }
    return far;
  }

  /** Disconnects all clients and stops to listen. */
  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    await this.#router?.close();
    for (const client of this.#clients) client.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(socket: Socket): void {
    const refuse = (): void => {
      this.#refused.add('connections');
      socket.destroy();
    };
    const leave = this.#seats.enter(shareKey(socket.remoteAddress), refuse);
    if (!leave) {
      refuse();
      return;
    }
    socket.setNoDelay(true);
    const client = new ClientConnection(socket, this.#limits);
    this.#clients.add(client);
    client.once('close', () => {
      this.#clients.delete(client);
      leave();
    });
    this.#router?.serve(client);
  }

  /** Unauthenticated clients may be anybody. */
  get #allowsCommands(): boolean {
    return this.#settings.user !== undefined || this.#isLoopback;
  }

  async #startRouter(): Promise<MessageRouter> {
    // Loads aedes only where an embedded server is used.
    const router = await import('./message-router.js');
    return router.MessageRouter.start({
      settings: this.#settings,
      owner: this.#owner,
      allowsCommands: () => this.#allowsCommands,
      count: (reason) => this.#refused.add(reason),
      logger: this.#logger,
    });
  }
}

function listenError(error: unknown, host: string, port: number): unknown {
  const make = (code: string, message: string) => new FramehubError(code, message, { host, port }, { cause: error });
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return make(
        'MQTT_PORT_IN_USE',
        `port ${port} is in use, perhaps by another MQTT server: use that one, or another port`,
      );
    case 'EACCES':
      return make('MQTT_PORT_FORBIDDEN', `this user may not listen on port ${port}: choose one from 1024 to 65535`);
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return make('MQTT_ADDRESS_UNAVAILABLE', `this machine has no address ${host}: use one of its own, or 127.0.0.1`);
    default:
      return error;
  }
}
