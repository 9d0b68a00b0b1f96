import type { Duplex } from 'node:stream';
import type { IClientOptions, IClientPublishOptions } from 'mqtt';
import type { Message } from '../message.js';

export type ProtocolVersion = 4 | 5;

export interface ConnectionSettings {
  /** Without credentials. Its path or query may hold a secret. */
  readonly url: string;
  /** The address as it may be shown. */
  readonly broker: string;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Seconds. */
  readonly keepalive: number;
  readonly tls: TlsSettings;
  readonly will: { readonly topic: string; readonly payload: string };
  /** A broker in this process, which is connected to without the network. */
  readonly local?: LocalBroker | undefined;
}

export interface LocalBroker {
  /** @returns owned by the caller */
  connect(): Duplex;
  /** Bytes of a message that it takes. */
  readonly maxPacket: number;
}

/** PEM texts. */
export interface TlsSettings {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

const CONNECT_TIMEOUT = 10_000;
/** Bytes of a packet that the broker may send us: commands are short. */
export const MAX_INCOMING = 1_048_576;

/** As the library has them. */
export function clientOptions(settings: ConnectionSettings, version: ProtocolVersion): IClientOptions {
  const { clientId, username, password, keepalive, tls, will } = settings;
  return {
    clientId,
    ...(username !== undefined && { username }),
    // Texts are shown by the library's packet writer to whoever sets DEBUG.
    ...(password !== undefined && { password: Buffer.from(password) }),
    keepalive,
    ...Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)),
    will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true },
    protocolVersion: version,
    clean: true,
    connectTimeout: CONNECT_TIMEOUT,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // As are all options by its own log.
    log: () => {},
    // Frames that hold no more than a packet, and are what they say they are.
    wsOptions: { maxPayload: MAX_INCOMING + 16, perMessageDeflate: false },
    ...(version === 5 && { properties: { maximumPacketSize: MAX_INCOMING } }),
  };
}

/** What MQTT 5 tells of a message besides its payload. */
export function propertiesOf({
  contentType,
  expiresAt,
  properties,
  correlation,
}: Message): NonNullable<IClientPublishOptions['properties']> {
  const seconds = expiresAt === undefined ? undefined : Math.max(1, Math.ceil((expiresAt - Date.now()) / 1000));
  return {
    ...(contentType !== undefined && { contentType }),
    ...(seconds !== undefined && { messageExpiryInterval: seconds }),
    ...(properties && { userProperties: { ...properties } }),
    ...(correlation && { correlationData: correlation }),
  };
}
