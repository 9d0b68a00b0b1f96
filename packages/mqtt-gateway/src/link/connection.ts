import { boundMqttClient, FramehubError, mqttClientOptions } from '@framehub/frame';
import mqtt, {
  type IClientOptions,
  type IClientPublishOptions,
  type IConnackPacket,
  type IPublishPacket,
  type MqttClient,
} from 'mqtt';
import type { Message, Qos } from '../message.js';
import { connectionError, SESSION_TAKEN_OVER } from './connection-error.js';
import type { LinkSettings, LocalServer, ProtocolVersion } from './settings.js';

/** A message received. */
export interface Delivery {
  readonly topic: string;
  readonly payload: Buffer;
  /** The server had it from before the subscription. */
  readonly retained: boolean;
  readonly responseTopic: string | undefined;
  readonly correlation: Buffer | undefined;
}

/** Time after which a message that the server has not acknowledged ends the connection. */
const SEND_TIMEOUT_MS = 60_000;
/** Time in which the server must take the end of the connection. */
const CLOSE_TIMEOUT_MS = 250;
/** Bytes of a packet that the server may send: commands are short. */
const MAX_INCOMING_BYTES = 1_048_576;

/**
 * One connection to an MQTT server, from CONNECT to its end. Each connection has a client of its own, so that nothing
 * of an old one, queued or unacknowledged, lives on in the library.
 */
export class Connection {
  readonly version: ProtocolVersion;
  /** Resolves at the end of the connection, with the reason. */
  readonly closed: Promise<FramehubError>;
  readonly #client: MqttClient;
  readonly #local: LocalServer | undefined;
  readonly #pending = new Set<(error?: unknown) => void>();
  #properties: NonNullable<IConnackPacket['properties']> = {};
  #accepted = false;
  #cause: unknown;
  #ended = false;

  /**
   * Connects.
   *
   * @throws FramehubError `MQTT_UNREACHABLE`, `MQTT_UNAUTHORIZED`, `MQTT_REFUSED`, `MQTT_TLS`, `MQTT_BAD_PACKET`,
   *   `MQTT_LOST`
   */
  static async open(
    settings: LinkSettings,
    version: ProtocolVersion,
    onMessage: (delivery: Delivery) => void,
    signal: AbortSignal,
  ): Promise<Connection> {
    const connection = construct(() => new Connection(settings, version, onMessage), settings);
    const abort = (): void => connection.destroy();
    signal.addEventListener('abort', abort);
    try {
      await connection.#opened(signal);
      return connection;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private constructor(settings: LinkSettings, version: ProtocolVersion, onMessage: (delivery: Delivery) => void) {
    const { local, url } = settings;
    const options = clientOptions(settings, version);
    const client = local ? new mqtt.MqttClient(() => local.connect(), options) : mqtt.connect(url, options);
    this.version = version;
    this.#client = client;
    this.#local = local;
    boundMqttClient(client, MAX_INCOMING_BYTES, (fault) => this.destroy(fault));
    client.on('message', (topic, payload, packet) => onMessage(deliveryOf(topic, payload, packet)));
    client.on('error', (error) => this.destroy(error));
    client.on('disconnect', ({ reasonCode = 0 }) => {
      this.#cause ??= disconnectError(reasonCode);
    });
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.destroy();
        const reason = connectionError(this.#cause, settings, this.#accepted);
        for (const settle of [...this.#pending]) settle(reason);
        resolve(reason);
      });
    });
  }

  /** Bytes of a packet that the server takes. MQTT 5 without a limit means any size; 3.1.1 has no way to state one. */
  get maxPacketBytes(): number | undefined {
    if (this.#local) return this.#local.maxPacketBytes;
    return this.version === 5 ? (this.#properties.maximumPacketSize ?? Number.POSITIVE_INFINITY) : undefined;
  }

  /**
   * Resolves when the server has acknowledged the message (QoS 1 and 2), or the kernel has taken it (QoS 0).
   *
   * @throws FramehubError `MQTT_LOST` when the connection ends first, or the server's refusal
   */
  publish(message: Message): Promise<void> {
    // An expired message would only be shown again after a new connection.
    if (this.version === 5 && (message.expiresAt ?? Number.POSITIVE_INFINITY) <= Date.now()) return Promise.resolve();
    const { topic, payload, retain } = message;
    const options = {
      qos: Math.min(message.qos, this.#properties.maximumQoS ?? 2) as Qos,
      retain: retain && this.#properties.retainAvailable !== false,
      ...(this.version === 5 && { properties: propertiesOf(message) }),
    };
    return this.#settled((settle) => this.#client.publish(topic, payload, options, settle));
  }

  /** @throws FramehubError `MQTT_LOST` when the connection ends first, or the server's refusal */
  subscribe(topics: readonly string[]): Promise<void> {
    return this.#settled((settle) => this.#client.subscribe([...topics], { qos: 1 }, (error) => settle(error)));
  }

  /** Disconnects, so that the server does not publish the last will. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.destroy(), CLOSE_TIMEOUT_MS);
    // The library would wait for unacknowledged messages.
    if (this.#pending.size > 0) this.destroy();
    this.#ended = true;
    this.#client.end();
    await this.closed;
    clearTimeout(timer);
  }

  /** Ends the connection without DISCONNECT. */
  destroy(cause?: unknown): void {
    this.#cause ??= cause;
    this.#ended = true;
    this.#client.end(true);
    // A second `end` does nothing.
    this.#client.stream.destroy();
  }

  async #opened(signal: AbortSignal): Promise<void> {
    if (signal.aborted) this.destroy();
    await new Promise<void>((resolve, reject) => {
      this.#client.once('connect', ({ properties }) => {
        this.#accepted = true;
        this.#properties = properties ?? {};
        resolve();
      });
      void this.closed.then(reject);
    });
  }

  #settled(act: (settle: (error?: unknown) => void) => void): Promise<void> {
    if (this.#ended) return Promise.reject(lost('the connection is closed'));
    return new Promise((resolve, reject) => {
      const timeout = new Error('messages are no longer acknowledged: timeout');
      const timer = setTimeout(() => this.destroy(timeout), SEND_TIMEOUT_MS);
      const settle = (error?: unknown): void => {
        if (!this.#pending.delete(settle)) return;
        clearTimeout(timer);
        if (!error) resolve();
        else reject(isServerRefusal(error) ? error : lost(String(error)));
      };
      this.#pending.add(settle);
      act(settle);
    });
  }
}

/** OpenSSL throws at once on invalid keys and certificates. */
function construct(make: () => Connection, settings: LinkSettings): Connection {
  try {
    return make();
  } catch (error) {
    throw connectionError(error, settings);
  }
}

function clientOptions(settings: LinkSettings, version: ProtocolVersion): IClientOptions {
  const { clientId, username, password, keepalive, tls, will } = settings;
  return {
    ...mqttClientOptions({ version, password, maxMessage: MAX_INCOMING_BYTES }),
    ...Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)),
    clientId,
    ...(username !== undefined && { username }),
    keepalive: Math.ceil(keepalive / 1000),
    will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true },
  };
}

/** What MQTT 5 transfers of a message beside its payload. */
function propertiesOf(message: Message): NonNullable<IClientPublishOptions['properties']> {
  const { contentType, expiresAt, properties, correlation } = message;
  const seconds = expiresAt === undefined ? undefined : Math.max(1, Math.ceil((expiresAt - Date.now()) / 1000));
  return {
    ...(contentType !== undefined && { contentType }),
    ...(seconds !== undefined && { messageExpiryInterval: seconds }),
    ...(properties && { userProperties: { ...properties } }),
    ...(correlation && { correlationData: correlation }),
  };
}

function deliveryOf(topic: string, payload: Buffer, { retain, properties }: IPublishPacket): Delivery {
  const { responseTopic, correlationData } = properties ?? {};
  return { topic, payload, retained: retain, responseTopic, correlation: correlationData };
}

/** Whether the server refused one message, by a reason code; all other errors of the library are about the connection. */
function isServerRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

/** The server's reason for ending the connection (MQTT 5). */
function disconnectError(reasonCode: number): Error {
  const names: Readonly<Record<number, string>> = mqtt.ReasonCodes;
  const error = new Error(names[reasonCode] || `reason ${reasonCode}`);
  return reasonCode === SESSION_TAKEN_OVER ? Object.assign(error, { code: reasonCode }) : error;
}

function lost(message: string): FramehubError {
  return new FramehubError('MQTT_LOST', message);
}
