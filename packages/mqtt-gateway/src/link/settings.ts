import type { Duplex } from 'node:stream';
import { FramehubError, maskedAddress } from '@framehub/frame';
import type { MqttGatewaySettings } from '../options.js';
import { Topics } from '../topics.js';

/** 4 is MQTT 3.1.1. */
export type ProtocolVersion = 4 | 5;

/** An MQTT server in this process, which is connected to without the network. */
export interface LocalServer {
  /** @returns owned by the caller */
  connect(): Duplex;
  /** Bytes of a message that it takes. */
  readonly maxPacketBytes: number;
}

type Given = 'clientId' | 'username' | 'password' | 'keepalive' | 'tls' | 'reconnect';

export interface LinkSettings extends Pick<MqttGatewaySettings, Given> {
  /** Without credentials. Its path or query may hold a secret. */
  readonly url: string;
  /** The address as it may be shown. */
  readonly server: string;
  readonly version: 'auto' | ProtocolVersion;
  readonly will: { readonly topic: string; readonly payload: string };
  readonly local?: LocalServer | undefined;
}

/**
 * What the link needs of the gateway's settings.
 *
 * @param local the MQTT server, if it is in this process
 * @throws FramehubError `MQTT_INVALID_OPTION` for an invalid address, without the address: it may hold a password
 */
export function linkSettings(settings: MqttGatewaySettings, url: string, local?: LocalServer): LinkSettings {
  const { clientId, keepalive, tls, version, reconnect, prefix } = settings;
  const address = readAddress(url);
  return {
    ...address,
    clientId,
    username: settings.username ?? address.username,
    password: settings.password ?? address.password,
    keepalive,
    tls,
    // The embedded server speaks no other.
    version: local || version === '3.1.1' ? 4 : version === '5' ? 5 : 'auto',
    reconnect,
    will: { topic: new Topics(prefix).available, payload: 'offline' },
    local,
  };
}

const ADDRESS_ALLOWED = 'mqtt://HOST, mqtts://HOST, ws://HOST or wss://HOST, with :PORT unless it is the usual one';

function readAddress(text: string): Pick<LinkSettings, 'url' | 'server' | 'username' | 'password'> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !/^(mqtts?|wss?):$/.test(url.protocol))
    throw new FramehubError('MQTT_INVALID_OPTION', `url must be ${ADDRESS_ALLOWED}`, { key: 'url' });
  const [username, password] = [url.username, url.password].map((part) => decoded(part) || undefined);
  url.username = '';
  url.password = '';
  return { url: url.href, server: maskedAddress(url), username, password };
}

/** A percent sign that begins no escape stands for itself: people paste passwords unescaped. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
