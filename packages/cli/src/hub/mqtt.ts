import { isDeepStrictEqual } from 'node:util';
import { FramehubError, type Logger, recordOf } from '@framehub/frame';
import type { MqttGateway, MqttGatewayOptions } from '@framehub/mqtt-gateway';
import type { Config } from '../config/schema.js';
import type { CameraHub } from './hub.js';
import { mqttOptions } from './mqtt-options.js';
import { Turns } from './turns.js';

export interface MqttParts {
  readonly hub: CameraHub;
  /** Addresses of the HTTP gateway, the one for this machine first. */
  readonly urls: () => readonly string[];
  readonly logger: Logger;
}

/** An MQTT gateway that is as configured, or none: then the package is not even loaded. */
export class Mqtt {
  readonly #parts: MqttParts;
  readonly #turns = new Turns();
  #options: MqttGatewayOptions | undefined;
  #gateway: MqttGateway | undefined;
  #closed = false;

  constructor(parts: MqttParts) {
    this.#parts = parts;
  }

  /**
   * Checks what a configuration says of MQTT, and changes nothing yet. The function that it gives does; that rejects with
   * `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN` or `MQTT_ADDRESS_UNAVAILABLE`, where the embedded broker cannot listen.
   * @throws `CLI_FILE_UNREADABLE`, `MQTT_BAD_OPTION`
   */
  async prepare(config: Pick<Config, 'mqtt' | 'cameras'>): Promise<() => Promise<void>> {
    const { logger } = this.#parts;
    const options = mqttOptions(config, logger);
    if (isDeepStrictEqual(options, this.#options)) return async () => {};
    const gateway = options && (await this.#make(options));
    return () => this.#turns.take(() => this.#replace(options, gateway));
  }

  /** The same while cameras are shown: an embedded broker that cannot listen is logged. */
  async change(replace: () => Promise<void>): Promise<void> {
    await replace().catch((error: unknown) => {
      const { code, message } = recordOf(error);
      this.#parts.logger.error({ code }, `there is no MQTT until the configuration is changed again: ${message}`);
    });
  }

  /** Says good-bye to the broker; ends within a second. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#gateway?.close();
  }

  async #make(options: MqttGatewayOptions): Promise<MqttGateway> {
    const { hub, urls, logger } = this.#parts;
    const { MqttGateway } = await import('@framehub/mqtt-gateway');
    // Who reads it sits at another machine, as a rule.
    const httpUrl = (camera: string) => {
      const [here, elsewhere = here] = urls();
      return elsewhere && `${elsewhere}#/${camera}`;
    };
    try {
      return new MqttGateway(hub.broker, hub, { ...options, httpUrl, logger });
    } catch (error) {
      const { code, message } = recordOf(error);
      throw new FramehubError(code, `mqtt: ${message}`);
    }
  }

  async #replace(options: MqttGatewayOptions | undefined, gateway: MqttGateway | undefined): Promise<void> {
    const before = this.#gateway;
    this.#gateway = undefined;
    this.#options = undefined;
    await before?.close();
    if (this.#closed) return;
    if (before) this.#parts.logger.info({}, gateway ? 'MQTT begins anew, as configured now' : 'MQTT has ended');
    await gateway?.start();
    if (this.#closed) return gateway?.close();
    this.#options = options;
    this.#gateway = gateway;
  }
}
