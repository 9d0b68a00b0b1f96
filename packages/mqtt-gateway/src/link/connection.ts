import { boundMqttClient, FramehubError } from '@framehub/frame';
import mqtt, { type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Message, Qos } from '../message.js';
import {
  type ConnectionSettings,
  clientOptions,
  type LocalBroker,
  MAX_INCOMING,
  type ProtocolVersion,
  propertiesOf,
} from './client-options.js';
import { explain, TAKEN_OVER } from './refusal.js';

/** What came in. */
export interface Delivery {
  readonly topic: string;
  readonly payload: Buffer;
  /** The broker had it from before. */
  readonly retained: boolean;
  readonly responseTopic: string | undefined;
  readonly correlation: Buffer | undefined;
}

/** Milliseconds after which a message that the broker has not taken means that the connection is worth nothing. */
const SEND_TIMEOUT = 60_000;

/**
 * One connection to a broker, from CONNECT to its end. A new one gets a client of its own, and so nothing of the old one,
 * queued or unacknowledged, lives on in the library.
 */
export class Connection {
  /** Resolves at the end of the connection, with the reason. */
  readonly closed: Promise<FramehubError>;
  readonly #client: MqttClient;
  readonly #local: LocalBroker | undefined;
  readonly #pending = new Set<(error?: unknown) => void>();
  #properties: NonNullable<IConnackPacket['properties']> = {};
  #accepted = false;
  #cause: unknown;
  #ended = false;

  /** @throws FramehubError `MQTT_UNREACHABLE`, `MQTT_UNAUTHORIZED`, `MQTT_REFUSED`, `MQTT_TLS`, `MQTT_BAD_PACKET`, `MQTT_LOST` */
  static async open(
    settings: ConnectionSettings,
    version: ProtocolVersion,
    onMessage: (delivery: Delivery) => void,
    signal: AbortSignal,
  ): Promise<Connection> {
    const connection = begin(() => new Connection(settings, version, onMessage), settings);
    const abort = (): void => connection.destroy();
    signal.addEventListener('abort', abort);
    try {
      await connection.#opened(signal);
      return connection;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private constructor(
    settings: ConnectionSettings,
    readonly version: ProtocolVersion,
    onMessage: (delivery: Delivery) => void,
  ) {
    const { local, url } = settings;
    const options = clientOptions(settings, version);
    const client = local ? new mqtt.MqttClient(() => local.connect(), options) : mqtt.connect(url, options);
    this.#client = client;
    this.#local = local;
    boundMqttClient(client, MAX_INCOMING, (fault) => this.destroy(fault));
    client.on('message', (topic, payload, packet) => onMessage(deliveryOf(topic, payload, packet)));
    client.on('error', (error) => this.destroy(error));
    client.on('disconnect', ({ reasonCode = 0 }) => {
      this.#cause ??= farewell(reasonCode);
    });
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.destroy();
        const reason = explain(this.#cause, settings, this.#accepted);
        for (const settle of [...this.#pending]) settle(reason);
        resolve(reason);
      });
    });
  }

  /** Bytes of a packet that the broker takes. With MQTT 5, one that does not say takes any; with 3.1.1 only our own can say. */
  get maximumPacket(): number | undefined {
    if (this.#local) return this.#local.maxPacket;
    return this.version === 5 ? (this.#properties.maximumPacketSize ?? Number.POSITIVE_INFINITY) : undefined;
  }

  /**
   * Resolves when the broker has it (QoS 1 and 2), or the kernel (QoS 0).
   * Rejects with `MQTT_LOST` when the connection ends before, or the broker's own refusal.
   */
  publish(message: Message): Promise<void> {
    // Such a one would only be shown again after a new connection.
    if (this.version === 5 && (message.expiresAt ?? Number.POSITIVE_INFINITY) <= Date.now()) return Promise.resolve();
    const { topic, payload, retain } = message;
    const options = {
      qos: Math.min(message.qos, this.#properties.maximumQoS ?? 2) as Qos,
      retain: retain && this.#properties.retainAvailable !== false,
      ...(this.version === 5 && { properties: propertiesOf(message) }),
    };
    return this.#settled((settle) => this.#client.publish(topic, payload, options, settle));
  }

  subscribe(topics: readonly string[]): Promise<void> {
    return this.#settled((settle) => this.#client.subscribe([...topics], { qos: 1 }, (error) => settle(error)));
  }

  /** Says good-bye, so that the broker does not publish the will. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.destroy(), 250);
    // With anything unacknowledged the library would wait for it.
    if (this.#pending.size > 0) this.destroy();
    this.#ended = true;
    this.#client.end();
    await this.closed;
    clearTimeout(timer);
  }

  /** Ends it without a word. */
  destroy(cause?: unknown): void {
    this.#cause ??= cause;
    this.#ended = true;
    this.#client.end(true);
    // `end` does nothing the second time.
    this.#client.stream.destroy();
  }

  async #opened(signal: AbortSignal): Promise<void> {
    if (signal.aborted) this.destroy();
    const opened = new Promise<undefined>((resolve) => {
      this.#client.once('connect', ({ properties }) => {
        this.#accepted = true;
        this.#properties = properties ?? {};
        resolve(undefined);
      });
    });
    const failure = await Promise.race([opened, this.closed]);
    if (failure) throw failure;
  }

  #settled(act: (settle: (error?: unknown) => void) => void): Promise<void> {
    if (this.#ended) return Promise.reject(lost('the connection is closed'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.destroy(new Error('nothing is taken any more: timeout')), SEND_TIMEOUT);
      const settle = (error?: unknown): void => {
        if (!this.#pending.delete(settle)) return;
        clearTimeout(timer);
        if (!error) resolve();
        else reject(isRefusal(error) ? error : lost(String(error)));
      };
      this.#pending.add(settle);
      act(settle);
    });
  }
}

/** Keys and certificates that are none make OpenSSL throw at once. */
function begin(make: () => Connection, settings: ConnectionSettings): Connection {
  try {
    return make();
  } catch (error) {
    throw explain(error, settings);
  }
}

function deliveryOf(topic: string, payload: Buffer, { retain, properties }: IPublishPacket): Delivery {
  const { responseTopic, correlationData } = properties ?? {};
  return { topic, payload, retained: retain, responseTopic, correlation: correlationData };
}

/** The broker's own word on a message, by number; all else that the library says is about the connection. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

/** Why the broker ends the connection, as MQTT 5 tells. */
function farewell(reasonCode: number): Error {
  const names: Readonly<Record<number, string>> = mqtt.ReasonCodes;
  const error = new Error(names[reasonCode] || `reason ${reasonCode}`);
  return reasonCode === TAKEN_OVER ? Object.assign(error, { code: reasonCode }) : error;
}

function lost(why: string): FramehubError {
  return new FramehubError('MQTT_LOST', why);
}
