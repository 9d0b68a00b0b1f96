import { camerasAmong, onDevices } from '@framehub/capture';
import { FramehubError, type Logger, type Subscription } from '@framehub/frame';
import { type DeviceInfo, listDevices, type V4l2Error } from 'node-v4l2-camera';
import type { CameraConfig, CameraDefaults } from './config/camera-schema.js';

/** The cameras that are connected, by number, and why other devices could not be read. */
export interface Detected {
  readonly devices: readonly DeviceInfo[];
  readonly problems: readonly string[];
}

/** Lists the connected cameras. Without Video4Linux, as on macOS and Windows, the list is empty. */
export function detectCameras(): Detected {
  if (process.platform !== 'linux') return { devices: [], problems: [] };
  const problems: string[] = [];
  const devices = listDevices((error: V4l2Error) => problems.push(error.message));
  return { devices: camerasAmong(devices), problems };
}

/** A line for each camera that begins with its number, which is a source in the configuration. */
export function describeDevices(devices: readonly DeviceInfo[]): string[] {
  return devices.map(({ card, path }, index) => `${index}   ${card}, ${path}`);
}

/** How cameras are found. */
export interface Machine {
  detect(): Detected;
  /** Calls the listener when devices appear. */
  onDevices(listener: () => void): Subscription;
}

/** The camera of a configuration without cameras: the only one that is connected, or a test pattern until one is. */
export class AutomaticCamera {
  readonly #settings: CameraDefaults;
  readonly #logger: Logger;
  readonly #machine: Machine;
  #waiting: Subscription | undefined;

  constructor(settings: CameraDefaults, logger: Logger, machine: Machine = { detect: detectCameras, onDevices }) {
    this.#settings = settings;
    this.#logger = logger;
    this.#machine = machine;
  }

  /** @throws FramehubError `HUB_SEVERAL_CAMERAS`, with the cameras in `details.choices` */
  choose(): CameraConfig {
    const { devices, problems } = this.#machine.detect();
    for (const problem of problems) this.#logger.warn({}, problem);
    if (devices.length > 1)
      throw new FramehubError(
        'HUB_SEVERAL_CAMERAS',
        `${devices.length} cameras are connected: name the one to use, or several`,
        { choices: describeDevices(devices) },
      );
    if (devices.length === 1) return this.#first();
    this.#logger.warn({}, 'no camera found: showing a test pattern until one is plugged in');
    return { ...this.#settings, source: { type: 'pattern' } };
  }

  /**
   * Waits for a camera that replaces the pattern.
   *
   * @param found called once, with its configuration
   */
  await(found: (config: CameraConfig) => void): void {
    this.stop();
    this.#waiting = this.#machine.onDevices(() => {
      const [device] = this.#machine.detect().devices;
      if (!device) return;
      this.stop();
      this.#logger.info({}, `${device.card} was plugged in and replaces the test pattern`);
      found(this.#first());
    });
  }

  /** Stops waiting. */
  stop(): void {
    this.#waiting?.close();
    this.#waiting = undefined;
  }

  #first(): CameraConfig {
    return { ...this.#settings, source: { type: 'v4l2', device: '0' } };
  }
}
