import type { Broker } from '@framehub/broker';
import type { JpegFrame, Logger } from '@framehub/frame';
import { HttpGateway } from '@framehub/http-gateway';
import { pageAssets } from '@framehub/page';
import { WsGateway } from '@framehub/ws-gateway';
import { keysForRestart } from './config/difference.js';
import { readAuthFile } from './config/files.js';
import type { Config } from './config/schema.js';
import { CameraHub, type CameraHubOptions } from './hub.js';
import { Mqtt } from './mqtt.js';

/** A running framehub: cameras and gateways. */
export class Server {
  readonly hub: CameraHub;
  readonly #gateway: HttpGateway;
  readonly #mqtt: Mqtt;
  readonly #config: Config;
  readonly #logger: Logger;
  /** Keys of which it was said last that they need a restart. */
  #toldOf = '';

  constructor(config: Config, options: CameraHubOptions) {
    const { logger } = options;
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

  get port(): number {
    return this.#gateway.port;
  }

  /** Opens the cameras last: when the port is taken, none is touched. */
  async start(): Promise<void> {
    await this.hub.start();
    await this.#gateway.start();
    const connect = await this.#mqtt.prepare(this.#config);
    await connect();
    this.hub.open();
  }

  /**
   * Goes on with another configuration: see `CameraHub.apply` for what becomes of the cameras. What cannot change while
   * it runs is named in a warning.
   */
  async apply(config: Config): Promise<void> {
    // What is wrong with it is found before anything is changed.
    const reconnect = await this.#mqtt.prepare(config);
    const keys = keysForRestart(this.#config, config).join(', ');
    if (keys !== '' && keys !== this.#toldOf)
      this.#logger.warn({}, `start framehub anew for the change of ${keys}: until then it goes on as before`);
    this.#toldOf = keys;
    await this.hub.apply(config.cameras);
    await this.#mqtt.change(reconnect);
  }

  /** Ends all streams, closes cameras and puts their controls back. */
  async close(): Promise<void> {
    await Promise.all([this.#mqtt.close(), this.#gateway.close(), this.hub.close()]);
  }
}
