import type { Broker } from '@framehub/broker';
import { type JpegFrame, type Logger, silentLogger } from '@framehub/frame';
import { HttpGateway } from '@framehub/http-gateway';
import { pageAssets } from '@framehub/page';
import { WsGateway } from '@framehub/ws-gateway';
import { keysForRestart } from './config/difference.js';
import { readAuthFile } from './config/files.js';
import { checkConfig } from './config/load.js';
import type { Config, ConfigInput } from './config/schema.js';
import { CameraHub, type CameraHubOptions, type WaitOptions } from './hub.js';
import { Mqtt } from './mqtt.js';

/** A running framehub: cameras and gateways. It owns both; close it to restore the cameras. */
export class Server implements AsyncDisposable {
  readonly hub: CameraHub;
  readonly #gateway: HttpGateway;
  readonly #mqtt: Mqtt;
  readonly #config: Config;
  readonly #logger: Logger;
  /** The keys that need a restart, as the last warning named them. */
  #warnedOf = '';

  /**
   * Opens nothing: see {@link start}, or use `serve`.
   *
   * @param config checked, as `checkConfig` returns it
   * @throws FramehubError what the constructor of `CameraHub` throws, and `CONFIG_AUTH_FILE_INVALID`
   */
  constructor(config: Config, options: CameraHubOptions = {}) {
    const { logger = silentLogger } = options;
    const { authFile, ...http } = config.http;
    const credentials = authFile === undefined ? undefined : readAuthFile(authFile, logger);
    this.#config = config;
    this.#logger = logger;
    this.hub = new CameraHub(config, options);
    const sockets = new WsGateway(this.hub.broker, this.hub, {
      maxConnections: http.maxViewers,
      otherViewers: (camera) => this.#gateway.stats().cameras[camera]?.viewers ?? 0,
      logger,
    });
    this.#gateway = new HttpGateway(this.hub.broker, this.hub, {
      ...http,
      credentials,
      assets: pageAssets(),
      upgrades: [sockets],
      otherTraffic: [sockets.traffic],
      logger,
    });
    this.#mqtt = new Mqtt({ hub: this.hub, urls: () => this.urls, logger });
  }

  /** The bus, for programs that want frames themselves. */
  get broker(): Broker<JpegFrame> {
    return this.hub.broker;
  }

  /** Addresses to open in a browser, the one for this machine first. */
  get urls(): readonly string[] {
    return this.#gateway.urls();
  }

  /** The TCP port of the HTTP gateway. */
  get port(): number {
    return this.#gateway.port;
  }

  /**
   * Starts the gateways and opens the cameras. If a port is in use, no camera is touched.
   *
   * @throws FramehubError `HTTP_PORT_IN_USE`, `MQTT_PORT_IN_USE` …
   */
  async start(): Promise<void> {
    await this.hub.start();
    await this.#gateway.start();
    const connect = await this.#mqtt.prepare(this.#config);
    await connect();
    this.hub.open();
  }

  /**
   * Changes to another configuration: see `CameraHub.apply` for the cameras. What cannot change without a restart is
   * named in a warning.
   *
   * @throws FramehubError for a configuration that cannot work, with nothing changed
   */
  async apply(config: Config): Promise<void> {
    // Faults are found before anything is changed.
    const reconnect = await this.#mqtt.prepare(config);
    const keys = keysForRestart(this.#config, config).join(', ');
    if (keys !== '' && keys !== this.#warnedOf)
      this.#logger.warn({}, `restart framehub to apply the change of ${keys}: until then the old value is used`);
    this.#warnedOf = keys;
    await this.hub.apply(config.cameras);
    await this.#mqtt.change(reconnect);
  }

  /** Ends all streams, closes the cameras and restores their controls. May be called again. */
  async close(): Promise<void> {
    await Promise.all([this.#mqtt.close(), this.#gateway.close(), this.hub.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Options of `serve` and `createHub`. */
export interface StartOptions extends WaitOptions {
  /** A pino logger, or anything of its shape. @default no logger */
  readonly logger?: Logger;
}

/**
 * Starts a whole framehub in this process: cameras and gateways. A camera that is not there is waited for.
 *
 * @param config as in a configuration file; without cameras, the one that is connected, or a test pattern until one is
 * @returns the server, which the caller closes
 * @throws FramehubError `CONFIG_INVALID`, `HTTP_PORT_IN_USE` …: see docs/errors.md
 * @example
 * await using server = await serve({ cameras: { garage: { source: '/dev/video0' } }, http: { port: 8090 } });
 * console.log(server.urls);
 */
export function serve(config: ConfigInput = {}, { logger = silentLogger, signal }: StartOptions = {}): Promise<Server> {
  return started(() => new Server(checkConfig(config, { logger }), { logger }), signal);
}

/**
 * Starts cameras, encoder and bus, without gateways.
 *
 * @returns the hub, which the caller closes
 * @throws FramehubError `CONFIG_INVALID` …: see docs/errors.md
 * @example
 * await using hub = await createHub({ cameras: { garage: { source: 'pattern' } } });
 * for await (const frame of hub.broker.frames('garage/jpeg')) console.log(frame.sequence);
 */
export async function createHub(
  config: Pick<ConfigInput, 'cameras' | 'encoder'> = {},
  { logger = silentLogger, signal }: StartOptions = {},
): Promise<CameraHub> {
  const hub = await started(() => new CameraHub(checkConfig(config, { logger }), { logger }), signal);
  hub.open();
  return hub;
}

async function started<T extends { start(): Promise<void>; close(): Promise<void> }>(
  make: () => T,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  const made = make();
  try {
    await made.start();
    signal?.throwIfAborted();
    return made;
  } catch (error) {
    await made.close();
    throw error;
  }
}
