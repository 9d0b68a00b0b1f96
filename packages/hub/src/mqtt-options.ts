import type { Logger } from '@framehub/frame';
import type { MqttGatewayOptions } from '@framehub/mqtt-gateway';
import { readNamedFile, readPasswordFile } from './config/files.js';
import type { MqttPlan } from './config/mqtt-plan-schema.js';
import type { MqttConfig } from './config/mqtt-schema.js';
import type { Config } from './config/schema.js';

type Environment = Readonly<Record<string, string | undefined>>;
type CameraPlan = NonNullable<MqttGatewayOptions['camera']>;

/**
 * What the gateway is to be like, with files and environment read; undefined where there is to be none. Equal
 * configurations give equal options, so that changes can be told.
 * @throws `CONFIG_FILE_UNREADABLE`
 */
export function mqttOptions(
  { mqtt, cameras }: Pick<Config, 'mqtt' | 'cameras'>,
  logger: Logger,
  environment: Environment = process.env,
): MqttGatewayOptions | undefined {
  if (!mqtt) return undefined;
  const { prefix, clientId, tls, version, qos, retain, keepalive, homeassistant } = mqtt;
  // Those without one are not named: they may come and go, and the connection stays.
  const plans = Object.entries(cameras).flatMap(([name, { mqtt: own }]) =>
    own ? [[name, planOf(mergePlans(mqtt, own))]] : [],
  );
  return {
    ...(mqtt.url === undefined ? embeddedOptions(mqtt, logger, environment) : brokerOptions(mqtt, logger, environment)),
    prefix,
    clientId,
    ...(tls && { tls: readTls(tls) }),
    version: version === 5 ? '5' : version,
    qos,
    retain,
    keepalive: keepalive * 1000,
    homeassistant: typeof homeassistant === 'boolean' ? { enabled: homeassistant } : homeassistant,
    camera: planOf(mqtt),
    cameras: Object.fromEntries(plans),
  };
}

function brokerOptions(
  { url, username, passwordFile }: MqttConfig,
  logger: Logger,
  environment: Environment,
): MqttGatewayOptions {
  return {
    url,
    username: username ?? (environment.FRAMEHUB_MQTT_USERNAME || undefined),
    password: passwordOf(passwordFile, 'mqtt.passwordFile', logger, environment),
  };
}

function embeddedOptions(mqtt: MqttConfig, logger: Logger, environment: Environment): MqttGatewayOptions {
  const { embedded = true, username, passwordFile: file } = mqtt;
  const { user = username, passwordFile = file, ...listen } = embedded === true ? {} : embedded;
  const name = user ?? (environment.FRAMEHUB_MQTT_USERNAME || undefined);
  const key = passwordFile === file ? 'mqtt.passwordFile' : 'mqtt.embedded.passwordFile';
  return {
    embedded: { ...listen, user: name, password: passwordOf(passwordFile, key, logger, environment) },
  };
}

function passwordOf(
  file: string | undefined,
  key: string,
  logger: Logger,
  environment: Environment,
): string | undefined {
  if (file !== undefined) return readPasswordFile(file, key, logger);
  return environment.FRAMEHUB_MQTT_PASSWORD || undefined;
}

function readTls({ ca, cert, key, verify }: NonNullable<MqttConfig['tls']>): MqttGatewayOptions['tls'] {
  return {
    ...(ca !== undefined && { ca: readNamedFile(ca, 'mqtt.tls.ca') }),
    ...(cert !== undefined && { cert: readNamedFile(cert, 'mqtt.tls.cert') }),
    ...(key !== undefined && { key: readNamedFile(key, 'mqtt.tls.key') }),
    rejectUnauthorized: verify,
  };
}

/** Key by key, a camera's own comes before that for all; of a schedule there is one. */
function mergePlans(all: MqttPlan, own: MqttPlan): MqttPlan {
  const { every, cron, ...rest } = all;
  const isScheduled = own.every !== undefined || own.cron !== undefined;
  return { ...(isScheduled ? {} : { every, cron }), ...rest, ...own };
}

function planOf({ every, cron, width, quality, rotate, flip, frames }: MqttPlan): CameraPlan {
  return {
    ...(every !== undefined && every !== 'never' && { every }),
    ...(cron !== undefined && { cron }),
    rendition: {
      ...(rotate !== undefined && { rotate }),
      ...(flip !== undefined && { flip }),
      ...(width !== undefined && { width }),
      ...(quality !== undefined && { quality }),
    },
    ...(frames && { frames }),
  };
}
