import type { MqttGatewaySettings } from '../options.js';
import { Topics } from '../topics.js';
import { readAddress } from './address.js';
import type { LinkSettings } from './link.js';

/** What the link needs of the gateway's settings. @throws FramehubError `MQTT_BAD_OPTION` for an address that is none */
export function linkSettings(settings: MqttGatewaySettings, url: string): LinkSettings {
  const { clientId, keepalive, tls, version, reconnect, prefix, embedded } = settings;
  const address = readAddress(url);
  return {
    url: address.url,
    clientId,
    username: settings.username ?? embedded?.user ?? address.username,
    password: settings.password ?? embedded?.password ?? address.password,
    keepalive,
    tls,
    version: version === 'auto' ? 'auto' : version === '5' ? 5 : 4,
    reconnect,
    will: { topic: new Topics(prefix).available, payload: 'offline' },
  };
}
