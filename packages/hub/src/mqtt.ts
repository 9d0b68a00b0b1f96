import { isDeepStrictEqual } from 'node:util';
import { BackOff, FramehubError, Lock, type Logger, recordOf } from '@framehub/frame';
import type { MqttGateway, MqttGatewayOptions } from '@framehub/mqtt-gateway';
import { type Environment, readNamedFile, readPasswordFile } from './config/files.js';
import type { MqttConfig, MqttPlan } from './config/mqtt-schema.js';
import type { Config } from './config/schema.js';
import type { CameraHub } from './hub.js';

export interface MqttParts {
  readonly hub: CameraHub;
  /** Addresses of the HTTP gateway, the one for this machine first. */
  readonly urls: () => readonly string[];
  readonly logger: Logger;
}

/** The MQTT gateway as it is configured. Without MQTT the package is not even loaded. */
export class Mqtt {
  readonly #parts: MqttParts;
  readonly #changes = new Lock();
  readonly #backOff = new BackOff({ minMs: 1000, maxMs: 30_000 });
  #options: MqttGatewayOptions | undefined;
  /** The gateway that is configured, started or not. */
  #wanted: MqttGateway | undefined;
  #gateway: MqttGateway | undefined;
  #closed = false;

  constructor(parts: MqttParts) {
    this.#parts = parts;
  }

  /**
   * Checks the MQTT part of a configuration, and changes nothing yet.
   *
   * @returns a function that makes the change. It rejects with `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN` or
   *   `MQTT_ADDRESS_UNAVAILABLE` where the embedded MQTT server cannot listen
   * @throws FramehubError `CONFIG_FILE_UNREADABLE`, `MQTT_INVALID_OPTION`
   */
  async prepare(config: Pick<Config, 'mqtt' | 'cameras'>): Promise<() => Promise<void>> {
    const options = mqttOptions(config, this.#parts.logger);
    if (isDeepStrictEqual(options, this.#options)) return async () => {};
    const gateway = options && (await this.#makeGateway(options));
    return () => this.#changes.exclusive(() => this.#replace(options, gateway));
  }

  /** Makes a prepared change while cameras run: an embedded MQTT server that cannot listen is logged, and tried again. */
  async change(replace: () => Promise<void>): Promise<void> {
    await replace().catch((error: unknown) => {
      const { code, message } = recordOf(error);
      this.#parts.logger.error({ code }, `MQTT does not work for now: ${message}; it is tried again`);
      this.#backOff.reset();
      if (this.#wanted) this.#tryLater(this.#wanted);
    });
  }

  /** Disconnects within a second. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#gateway?.close();
  }

  async #makeGateway(options: MqttGatewayOptions): Promise<MqttGateway> {
    const { hub, urls, logger } = this.#parts;
    const gateway = await import('@framehub/mqtt-gateway');
    // Readers of MQTT are on another machine, as a rule.
    const httpUrl = (camera: string) => {
      const [local, remote = local] = urls();
      return remote && `${remote}#/${camera}`;
    };
    try {
      return new gateway.MqttGateway(hub.broker, hub, { ...options, httpUrl, logger });
    } catch (error) {
      throw mqttError(error);
    }
  }

  async #replace(options: MqttGatewayOptions | undefined, gateway: MqttGateway | undefined): Promise<void> {
    const before = this.#gateway;
    this.#gateway = undefined;
    this.#options = options;
    this.#wanted = gateway;
    await before?.close();
    if (before && !this.#closed)
      this.#parts.logger.info({}, gateway ? 'MQTT restarts with its new configuration' : 'MQTT is switched off');
    if (gateway) await this.#start(gateway);
  }

  /** Does nothing for a gateway that is not configured any more. */
  async #start(gateway: MqttGateway): Promise<void> {
    if (this.#closed || gateway !== this.#wanted) return;
    await gateway.start();
    if (this.#closed) return gateway.close();
    this.#gateway = gateway;
  }

  /** The program that uses the port releases it without notice. */
  #tryLater(gateway: MqttGateway): void {
    const retry = (): void => {
      this.#changes.exclusive(() => this.#start(gateway)).catch(() => this.#tryLater(gateway));
    };
    setTimeout(retry, this.#backOff.next()).unref();
  }
}

type CameraPlan = NonNullable<MqttGatewayOptions['camera']>;

/**
 * The options of the MQTT gateway, with files and environment read; undefined without MQTT. Equal configurations give
 * equal options, so that a change can be noticed.
 *
 * @throws FramehubError `CONFIG_FILE_UNREADABLE`
 */
export function mqttOptions(
  { mqtt, cameras }: Pick<Config, 'mqtt' | 'cameras'>,
  logger: Logger,
  environment: Environment = process.env,
): MqttGatewayOptions | undefined {
  if (!mqtt) return undefined;
  const { prefix, clientId, tls, version, qos, retain, keepalive, homeassistant } = mqtt;
  // Cameras without a plan are left out: they may come and go, and the connection stays.
  const plans = Object.entries(cameras).flatMap(([name, { mqtt: own }]) =>
    own ? [[name, planOf(mergePlans(mqtt, own))]] : [],
  );
  return {
    ...(mqtt.url === undefined ? embeddedOptions(mqtt, logger, environment) : remoteOptions(mqtt, logger, environment)),
    prefix,
    clientId,
    ...(tls && { tls: readTls(tls) }),
    version: version === 5 ? '5' : version,
    qos,
    retain,
    keepalive,
    homeassistant: typeof homeassistant === 'boolean' ? { enabled: homeassistant } : homeassistant,
    camera: planOf(mqtt),
    cameras: Object.fromEntries(plans),
  };
}

function remoteOptions(mqtt: MqttConfig, logger: Logger, environment: Environment): MqttGatewayOptions {
  return {
    url: mqtt.url,
    username: mqtt.username ?? (environment.FRAMEHUB_MQTT_USERNAME || undefined),
    password: passwordOf(mqtt.passwordFile, 'mqtt.passwordFile', logger, environment),
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

function mqttError(cause: unknown): FramehubError {
  const { code, message } = recordOf(cause);
  return new FramehubError(code, `mqtt: ${message}`, {}, { cause });
}
