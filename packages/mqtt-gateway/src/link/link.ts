import { setTimeout as delay } from 'node:timers/promises';
import { BackOff, codeOf, FramehubError, type Logger } from '@framehub/frame';
import { type Message, packetSize } from '../message.js';
import { Connection, type Delivery } from './connection.js';
import { isWrongVersion, needsPerson } from './connection-error.js';
import { PacketLimit } from './packet-limit.js';
import type { LinkSettings, ProtocolVersion } from './settings.js';

export interface LinkOptions {
  readonly settings: LinkSettings;
  /** Filters to subscribe to on every connection. */
  readonly filters: readonly string[];
  readonly logger: Logger;
  /** A new connection. `send` uses this one, or rejects with `MQTT_LOST` or `MQTT_TOO_LARGE`. */
  onConnect(send: (message: Message) => Promise<void>): void;
  onDisconnect(): void;
  onMessage(delivery: Delivery): void;
}

/** State of the connection to the MQTT server. */
export interface LinkStatus {
  readonly connected: boolean;
  /** Address of the MQTT server, without name and password. */
  readonly server: string;
  /** Version of MQTT, while connected. */
  readonly version: '3.1.1' | '5' | undefined;
  /** Connections since the start. */
  readonly connects: number;
  /** Why there is no connection now. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** After a connection that lasted this long, the next attempt follows soon. */
const STEADY_MS = 5000;
/** Consecutive short connections that mean a lasting fault. */
const MAX_SHORT_CONNECTIONS = 3;
const VERSION_NAMES = { 4: '3.1.1', 5: '5' } as const;

/** Keeps a connection to the MQTT server: reconnects for ever, with growing waits, and falls back to MQTT 3.1.1. */
export class Link {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #backOff: BackOff;
  readonly #limit: PacketLimit;
  readonly #version: VersionChoice;
  #connection: Connection | undefined;
  #running: Promise<void> = Promise.resolve();
  #loggedError = '';
  #connects = 0;
  #shortConnections = 0;
  #error: FramehubError | undefined;

  constructor(options: LinkOptions) {
    const { settings, logger } = options;
    this.#options = options;
    this.#backOff = new BackOff(settings.reconnect);
    this.#limit = new PacketLimit(logger);
    this.#version = new VersionChoice(settings.version);
  }

  start(): void {
    this.#running = this.#run();
  }

  get status(): LinkStatus {
    return {
      connected: this.#connection !== undefined,
      server: this.#options.settings.server,
      version: this.#connection && VERSION_NAMES[this.#connection.version],
      connects: this.#connects,
      error: this.#error && { code: this.#error.code, message: this.#error.message },
    };
  }

  /** Bytes that a packet may have, as far as is known. */
  get maxPacketBytes(): number {
    return this.#limit.bytes;
  }

  /** Subscribes on the present connection only. */
  subscribe(filter: string): void {
    void this.#connection?.subscribe([filter]).catch((error: Error) => this.#logUnsubscribed(error));
  }

  /** Disconnects, and does not reconnect. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#closing.abort();
    await connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const connects = this.#connects;
      const error = await this.#live().catch((failure: FramehubError) => failure);
      if (signal.aborted) return;
      this.#error = error;
      if (this.#connects > connects) this.#version.connected();
      else if (this.#version.failed(error)) continue;
      const pause = needsPerson(error) ? this.#backOff.longest() : this.#backOff.next();
      this.#logError(error);
      // Rejects when the link is closed meanwhile; the loop checks that.
      await delay(pause, undefined, { signal }).catch(() => {});
    }
  }

  /** Runs one connection to its end. @returns why it ended */
  async #live(): Promise<FramehubError> {
    const connection = await this.#connect();
    const since = performance.now();
    try {
      await this.#enter(connection);
      const reason = await connection.closed;
      return this.#judge(reason, performance.now() - since);
    } finally {
      this.#connection = undefined;
      this.#options.onDisconnect();
      this.#limit.disconnected();
    }
  }

  /** When 3.1.1 is accepted at last, 5 is tried again, for the server is up now. A server that closes it does not know 5. */
  async #connect(): Promise<Connection> {
    const { settings, onMessage } = this.#options;
    const open = (version: ProtocolVersion) => Connection.open(settings, version, onMessage, this.#closing.signal);
    const connection = await open(this.#version.next);
    if (!this.#version.isUncertain) return connection;
    await connection.close();
    try {
      return await open(5);
    } catch (error) {
      if (codeOf(error) !== 'MQTT_LOST' && !isWrongVersion(error)) throw error;
      return open(4);
    }
  }

  /** @returns the reason, with its likely cause */
  #judge(reason: FramehubError, lastedMs: number): FramehubError {
    if (lastedMs > STEADY_MS) {
      this.#backOff.reset();
      this.#shortConnections = 0;
      return reason;
    }
    this.#shortConnections += 1;
    if (this.#shortConnections < MAX_SHORT_CONNECTIONS || reason.code !== 'MQTT_LOST') return reason;
    // Servers close the older of two clients with one id, most of them without a reason.
    const { server, clientId } = this.#options.settings;
    const message = `the MQTT server ${server} ends each connection soon: if another program connects as '${clientId}', give each a client id of its own`;
    return new FramehubError('MQTT_LOST', message, reason.details);
  }

  async #enter(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#limit.connected(connection.maxPacketBytes);
    // A server that allows only publishing is useful, too.
    await connection.subscribe(this.#options.filters).catch((error: Error) => this.#logUnsubscribed(error));
    this.#connects += 1;
    this.#error = undefined;
    this.#logConnected(VERSION_NAMES[connection.version]);
    this.#options.onConnect((message) => this.#publish(connection, message));
  }

  async #publish(connection: Connection, message: Message): Promise<void> {
    const sending = this.#limit.sending(message.topic, packetSize(message));
    await connection.publish(message);
    sending.sent(message.qos > 0);
  }

  #logConnected(version: string): void {
    // A connection that keeps coming and going is logged once.
    if (this.#shortConnections >= MAX_SHORT_CONNECTIONS) return;
    this.#loggedError = '';
    const { settings, logger } = this.#options;
    const { server } = settings;
    logger.info({ server, version }, `connected to ${server} (MQTT ${version})`);
  }

  #logUnsubscribed(error: Error): void {
    if (codeOf(error) === 'MQTT_LOST') return;
    const { settings, logger } = this.#options;
    const { server } = settings;
    logger.warn({ server, err: error }, `the MQTT server ${server} refuses a subscription: ${error.message}`);
  }

  #logError(error: FramehubError): void {
    if (this.#loggedError === error.message) return;
    this.#loggedError = error.message;
    this.#options.logger.warn({ err: error.toJSON() }, `${error.message}; framehub reconnects`);
  }
}

/**
 * The version of MQTT to speak: 5, or 3.1.1 where the server does not know it. Some servers say so; others close the
 * connection at once, as does a proxy whose server is still starting.
 */
class VersionChoice {
  readonly #wanted: 'auto' | ProtocolVersion;
  #next: ProtocolVersion;
  /** By its reason code. */
  #refused5 = false;

  constructor(wanted: 'auto' | ProtocolVersion) {
    this.#wanted = wanted;
    this.#next = wanted === 'auto' ? 5 : wanted;
  }

  get next(): ProtocolVersion {
    return this.#next;
  }

  /** 3.1.1 is to be tried, though 5 was never refused by its reason code. */
  get isUncertain(): boolean {
    return this.#wanted === 'auto' && this.#next === 4 && !this.#refused5;
  }

  /** A connection was established: only an explicit refusal of 5 still counts. */
  connected(): void {
    if (this.#wanted === 'auto') this.#next = this.#refused5 ? 4 : 5;
  }

  /** No connection was established. @returns whether to try again at once, with another version */
  failed(error: FramehubError): boolean {
    if (this.#wanted !== 'auto') return false;
    const refused = isWrongVersion(error);
    if (refused || error.code === 'MQTT_LOST') this.#next = this.#next === 5 ? 4 : 5;
    if (refused) this.#refused5 = this.#next === 4;
    return refused && this.#refused5;
  }
}
