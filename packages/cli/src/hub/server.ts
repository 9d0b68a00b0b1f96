import type { Broker } from '@framehub/broker';
import type { JpegFrame, Logger } from '@framehub/frame';
import { HttpGateway } from '@framehub/http-gateway';
import { readAuthFile } from '../auth-file.js';
import type { Config } from '../config/schema.js';
import { CameraHub } from './hub.js';

/** A running framehub: cameras and gateways. */
export class Server {
  readonly hub: CameraHub;
  readonly #gateway: HttpGateway;

  /** @param required the cameras have to be there now */
  constructor(config: Config, required: boolean, logger: Logger) {
    const { authFile, ...http } = config.http;
    const credentials = authFile === undefined ? undefined : readAuthFile(authFile, logger);
    this.hub = new CameraHub(config, required, logger);
    this.#gateway = new HttpGateway(this.hub.broker, this.hub, { ...http, credentials, logger });
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
    this.hub.open();
  }

  /** Ends all streams, closes cameras and puts their controls back. */
  async close(): Promise<void> {
    await Promise.all([this.#gateway.close(), this.hub.close()]);
  }
}
