import { isDeepStrictEqual } from 'node:util';
import { FramehubError, type Logger, recordOf } from '@framehub/frame';
import type { MqttGateway, MqttGatewayOptions } from '@framehub/mqtt-gateway';
import { changeLock } from './change-lock.js';
import type { Config } from './config/schema.js';
import type { CameraHub } from './hub.js';
import { mqttOptions } from './mqtt-options.js';

export interface MqttParts {
  readonly hub: CameraHub;
  /** Addresses of the HTTP gateway, the one for this machine first. */
  readonly urls: () => readonly string[];
  readonly logger: Logger;
}

/** Milliseconds between two attempts to listen: the first pause and the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** An MQTT gateway that is as configured, or none: then the package is not even loaded. */
export class Mqtt {
  readonly #parts: MqttParts;
  readonly #changes = changeLock();
  #options: MqttGatewayOptions | undefined;
  /** What is configured, whether it has begun or not. */
  #wanted: MqttGateway | undefined;
  #gateway: MqttGateway | undefined;
  #closed = false;

  constructor(parts: MqttParts) {
    this.#parts = parts;
  }

  /**
   * Checks what a configuration says of MQTT, and changes nothing yet. The function that it gives does; that rejects with
   * `MQTT_PORT_IN_USE`, `MQTT_PORT_FORBIDDEN` or `MQTT_ADDRESS_UNAVAILABLE`, where the embedded broker cannot listen.
   * @throws `CONFIG_FILE_UNREADABLE`, `MQTT_INVALID_OPTION`
   */
  async prepare(config: Pick<Config, 'mqtt' | 'cameras'>): Promise<() => Promise<void>> {
    const { logger } = this.#parts;
    const options = mqttOptions(config, logger);
    if (isDeepStrictEqual(options, this.#options)) return async () => {};
    const gateway = options && (await this.#make(options));
    return () => this.#changes.exclusive(() => this.#replace(options, gateway));
  }

  /** The same while cameras are shown: an embedded broker that cannot listen is logged once, and tried until it can. */
  async change(replace: () => Promise<void>): Promise<void> {
    await replace().catch((error: unknown) => {
      const { code, message } = recordOf(error);
      this.#parts.logger.error({ code }, `there is no MQTT for now: ${message}; it is tried again`);
      if (this.#wanted) this.#tryLater(this.#wanted, FIRST_PAUSE);
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
    this.#options = options;
    this.#wanted = gateway;
    await before?.close();
    if (before && !this.#closed)
      this.#parts.logger.info({}, gateway ? 'MQTT begins anew, as configured now' : 'MQTT has ended');
    if (gateway) await this.#begin(gateway);
  }

  /** Does nothing for one that is not wanted any more. */
  async #begin(gateway: MqttGateway): Promise<void> {
    if (this.#closed || gateway !== this.#wanted) return;
    await gateway.start();
    if (this.#closed) return gateway.close();
    this.#gateway = gateway;
  }

  /** Who has the port gives it back without a word. */
  #tryLater(gateway: MqttGateway, pause: number): void {
    const again = (): void => {
      const begun = this.#changes.exclusive(() => this.#begin(gateway));
      begun.catch(() => this.#tryLater(gateway, Math.min(2 * pause, LONGEST_PAUSE)));
    };
    setTimeout(again, pause).unref();
  }
}
