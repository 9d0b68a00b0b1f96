import { FramehubError, maskedAddress } from '@framehub/frame';

export const PROTOCOLS = ['mqtt', 'mqtts', 'ws', 'wss'] as const;

export interface BrokerAddress {
  /** To connect to, without name and password. Its path or query may hold a secret. */
  readonly url: string;
  /** The same as it may be shown. */
  readonly shown: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Takes an address apart. @throws FramehubError `MQTT_INVALID_OPTION`, which never shows the address: it may hold a password */
export function readAddress(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !PROTOCOLS.some((protocol) => url.protocol === `${protocol}:`)) {
    const allowed = 'mqtt://HOST, mqtts://HOST, ws://HOST or wss://HOST, with :PORT where it is another than usual';
    throw new FramehubError('MQTT_INVALID_OPTION', `url is not possible: allowed is ${allowed}`, { key: 'url' });
  }
  const username = decoded(url.username);
  const password = decoded(url.password);
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    shown: maskedAddress(url),
    username: username || undefined,
    password: password || undefined,
  };
}

/** A percent sign that begins no escape is one: people paste passwords as they are. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
