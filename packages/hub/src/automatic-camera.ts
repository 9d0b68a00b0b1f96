import { onDevices } from '@framehub/capture';
import { FramehubError, type Logger } from '@framehub/frame';
import type { CameraConfig, CameraDefaults } from './config/camera-schema.js';
import { type Detected, describeDevices, detectCameras } from './detect.js';

export interface AutomaticCameraParts {
  readonly detect?: () => Detected;
  /** Calls the listener when devices appear, until the function it returns is called. */
  readonly onDevices?: (listener: () => void) => () => void;
}

/** The camera of a configuration that names none: the only one that is connected, or a test pattern until one is. */
export class AutomaticCamera {
  readonly #settings: CameraDefaults;
  readonly #logger: Logger;
  readonly #detect: () => Detected;
  readonly #onDevices: NonNullable<AutomaticCameraParts['onDevices']>;
  #unlisten: (() => void) | undefined;

  constructor(settings: CameraDefaults, logger: Logger, parts: AutomaticCameraParts = {}) {
    this.#settings = settings;
    this.#logger = logger;
    this.#detect = parts.detect ?? detectCameras;
    this.#onDevices = parts.onDevices ?? ((listener) => onDevices(listener).close);
  }

  /**
   * @throws `HUB_SEVERAL_CAMERAS`, listing them: which one is meant only a person knows
   */
  choose(): CameraConfig {
    const { devices, problems } = this.#detect();
    for (const problem of problems) this.#logger.warn({}, problem);
    if (devices.length > 1)
      throw new FramehubError('HUB_SEVERAL_CAMERAS', `${devices.length} cameras are connected: name the ones to show`, {
        choices: describeDevices(devices),
      });
    if (devices.length === 1) return this.#first();
    this.#logger.warn({}, 'no camera found: showing a test pattern until one is plugged in');
    return { ...this.#settings, source: { type: 'pattern' } };
  }

  /**
   * Waits for a camera that can take the place of the pattern.
   * @param found is called once with its configuration
   */
  await(found: (config: CameraConfig) => void): void {
    this.stop();
    this.#unlisten = this.#onDevices(() => {
      const [device] = this.#detect().devices;
      if (!device) return;
      this.stop();
      this.#logger.info({}, `${device.card} was plugged in and takes the place of the test pattern`);
      found(this.#first());
    });
  }

  /** Waits no longer. */
  stop(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #first(): CameraConfig {
    return { ...this.#settings, source: { type: 'v4l2', device: '0' } };
  }
}
