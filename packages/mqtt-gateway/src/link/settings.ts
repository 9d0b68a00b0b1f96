import type { MqttGatewaySettings } from '../options.js';
import { Topics } from '../topics.js';
import { readAddress } from './address.js';
import type { LocalBroker } from './client-options.js';
import type { LinkSettings } from './link.js';

/**
 * What the link needs of the gateway's settings.
 * @param local the broker, where it is in this process
 * @throws FramehubError `MQTT_INVALID_OPTION` for an address that is none
 */
export function linkSettings(settings: MqttGatewaySettings, url: string, local?: LocalBroker): LinkSettings {
  const { clientId, keepalive, tls, version, reconnect, prefix } = settings;
  const address = readAddress(url);
  return {
    url: address.url,
    broker: address.shown,
    clientId,
    username: settings.username ?? address.username,
    password: settings.password ?? address.password,
    keepalive,
    tls,
    // Our own broker knows no other.
    version: local ? 4 : version === 'auto' ? 'auto' : version === '5' ? 5 : 4,
    reconnect,
    will: { topic: new Topics(prefix).available, payload: 'offline' },
    local,
  };
}
