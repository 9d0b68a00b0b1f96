import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, FramehubError, type Logger } from '@framehub/frame';
import { type Message, packetSize } from '../message.js';
import { Backoff, type BackoffOptions } from './backoff.js';
import type { ConnectionSettings, ProtocolVersion } from './client-options.js';
import { Connection, type Delivery } from './connection.js';
import { PacketLimit } from './packet-limit.js';
import { needsAPerson, refusesVersion } from './refusal.js';
import { VersionChoice } from './version-choice.js';

export interface LinkSettings extends ConnectionSettings {
  readonly version: 'auto' | ProtocolVersion;
  readonly reconnect: BackoffOptions;
}

export interface LinkEvents {
  /** A new connection. What is published through `send` goes over this one or fails with `MQTT_LOST` or `MQTT_TOO_LARGE`. */
  up(send: (message: Message) => Promise<void>): void;
  down(): void;
  message(delivery: Delivery): void;
}

/** A connection that lasted this long, in milliseconds, was a good one: the next attempt comes soon. */
const GOOD = 5000;
/** Short ones in a row, after which something is wrong that lasts. */
const MANY = 3;

/** Keeps a connection to the broker: tries again for ever, slower and slower, and falls back to 3.1.1 where 5 is unknown. */
export class Link {
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;
  readonly #limit: PacketLimit;
  readonly #version: VersionChoice;
  #connection: Connection | undefined;
  #running: Promise<void> = Promise.resolve();
  #said = '';
  #connects = 0;
  #short = 0;
  #problem: FramehubError | undefined;

  constructor(
    private readonly settings: LinkSettings,
    private readonly topics: readonly string[],
    private readonly events: LinkEvents,
    private readonly logger: Logger,
  ) {
    this.#backoff = new Backoff(settings.reconnect);
    this.#limit = new PacketLimit(logger);
    this.#version = new VersionChoice(settings.version);
  }

  start(): void {
    this.#running = this.#run();
  }

  get status(): LinkStatus {
    return {
      connected: this.#connection !== undefined,
      broker: this.settings.broker,
      version: this.#connection && VERSION_NAMES[this.#connection.version],
      connects: this.#connects,
      error: this.#problem && { code: this.#problem.code, message: this.#problem.message },
    };
  }

  /** Bytes that a packet may have, as far as is known. */
  get maximumPacket(): number {
    return this.#limit.bytes;
  }

  /** For this connection only. */
  subscribe(filter: string): void {
    void this.#connection?.subscribe([filter]).catch((error: Error) => this.#sayUnsubscribed(error));
  }

  /** Ends the connection in peace, and tries no more. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#closing.abort();
    await connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const connects = this.#connects;
      const error = await this.#live().catch((failure: FramehubError) => failure);
      if (this.#closing.signal.aborted) return;
      this.#problem = error;
      if (this.#connects > connects) this.#version.served();
      else if (this.#version.failed(error)) continue;
      const pause = needsAPerson(error) ? this.#backoff.longest() : this.#backoff.next();
      this.#say(error);
      // Rejects when the link is closed meanwhile, which the loop notices.
      await delay(pause, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  /** One connection, from beginning to end. @returns why it ended */
  async #live(): Promise<FramehubError> {
    const connection = await this.#connect();
    const since = performance.now();
    try {
      await this.#enter(connection);
      const reason = await connection.closed;
      return this.#judge(reason, performance.now() - since);
    } finally {
      this.#connection = undefined;
      this.events.down();
      this.#limit.lost();
    }
  }

  /** Where 3.1.1 is let in at last, 5 is tried once more, for the broker is up now. Closed again, it does not know it. */
  async #connect(): Promise<Connection> {
    const onMessage = (delivery: Delivery): void => this.events.message(delivery);
    const open = (version: ProtocolVersion) => Connection.open(this.settings, version, onMessage, this.#closing.signal);
    const connection = await open(this.#version.next);
    if (!this.#version.inDoubt) return connection;
    await connection.close();
    try {
      return await open(5);
    } catch (error) {
      if (codeOf(error) !== 'MQTT_LOST' && !refusesVersion(error)) throw error;
      return open(4);
    }
  }

  /** @returns the reason, with what is probably behind it */
  #judge(reason: FramehubError, lasted: number): FramehubError {
    if (lasted > GOOD) {
      this.#backoff.reset();
      this.#short = 0;
      return reason;
    }
    this.#short += 1;
    if (this.#short < MANY || reason.code !== 'MQTT_LOST') return reason;
    // Brokers close the older of two clients with one id, most of them without a word.
    const { broker, clientId } = this.settings;
    const message = `the broker ${broker} ends each connection soon: another program may connect as '${clientId}', then give each a client id of its own`;
    return new FramehubError('MQTT_LOST', message, reason.details);
  }

  async #enter(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#limit.told(connection.maximumPacket);
    // A broker that allows publishing only is of use too.
    await connection.subscribe(this.topics).catch((error: Error) => this.#sayUnsubscribed(error));
    this.#connects += 1;
    this.#problem = undefined;
    this.#sayConnected(VERSION_NAMES[connection.version]);
    this.events.up((message) => this.#publish(connection, message));
  }

  async #publish(connection: Connection, message: Message): Promise<void> {
    const sending = this.#limit.sending(message.topic, packetSize(message));
    await connection.publish(message);
    sending.taken(message.qos > 0);
  }

  #sayConnected(version: string): void {
    // Up and down again and again is said once.
    if (this.#short >= MANY) return;
    this.#said = '';
    const { broker } = this.settings;
    this.logger.info({ broker, version }, `connected to ${broker} (MQTT ${version})`);
  }

  #sayUnsubscribed(error: Error): void {
    const { broker } = this.settings;
    if (codeOf(error) !== 'MQTT_LOST')
      this.logger.warn(
        { broker, err: error },
        `the broker ${broker} lets us hear less than we asked for: ${error.message}`,
      );
  }

  #say(error: FramehubError): void {
    if (this.#said === error.message) return;
    this.#said = error.message;
    this.logger.warn({ err: error.toJSON() }, `${error.message}; it is tried again`);
  }
}

const VERSION_NAMES = { 4: '3.1.1', 5: '5' } as const;

export interface LinkStatus {
  readonly connected: boolean;
  /** Address without name and password. */
  readonly broker: string;
  /** Of MQTT, while connected. */
  readonly version: '3.1.1' | '5' | undefined;
  /** Connections since the start. */
  readonly connects: number;
  /** Why there is none now. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}
