import { realpathSync } from 'node:fs';
import { codeOf, type StillSize } from '@framehub/frame';
import {
  type DeviceInfo,
  type FormatDescription,
  listDevices,
  listUsbNodes,
  V4l2Camera,
  type V4l2Error,
} from 'node-v4l2-camera';
import type { Opened, SeenDevice } from '../../messages.js';
import type { IntervalsOf, NegotiatedFormat } from '../../negotiate.js';
import type { V4l2Options } from '../../options.js';
import type { SourceHost } from '../source.js';
import { deviceError } from './device-error.js';
import { describeName, parseDeviceName } from './device-name.js';
import { findDevice, isFollowed, missedAmong, seenAmong } from './find-device.js';
import { startCamera } from './start-camera.js';
import { stillSetting } from './still.js';
import { type StreamSetting, startStream, type V4l2Stream } from './v4l2-stream.js';

const DEFAULT_BUFFERS = 4;

/** A camera found by its name, open and set as requested. Calls that may fail throw `CAPTURE_…` errors. */
export class V4l2Device {
  readonly camera: V4l2Camera;
  readonly buffers: number;
  readonly #device: string;
  readonly #seen: SeenDevice | undefined;
  readonly #name: string;
  readonly #path: string;
  readonly #formats: readonly FormatDescription[];
  readonly #intervalsOf: IntervalsOf;
  readonly #setting: StreamSetting;
  readonly #compromise: string | undefined;
  #stream: V4l2Stream;

  /** Leaves nothing open when it throws. */
  constructor(options: V4l2Options, seen: SeenDevice | undefined, host: Pick<SourceHost, 'log' | 'missed'>) {
    const { device, buffers = DEFAULT_BUFFERS } = options;
    const name = parseDeviceName(device);
    this.#name = name ? describeName(name) : device;
    this.buffers = buffers;
    this.#device = device;
    this.#seen = seen;
    this.#path = locateDevice(device, seen, (missed) => host.missed(missed));
    const camera = this.attempt(() => V4l2Camera.open(this.#path));
    this.camera = camera;
    this.#intervalsOf = (fourcc, { width, height }) => camera.frameIntervals(fourcc, width, height);
    try {
      this.#formats = camera.formats();
      const started = startCamera(
        camera,
        { formats: this.#formats, intervalsOf: this.#intervalsOf },
        { ...options, buffers },
        host,
      );
      this.#setting = started.setting;
      this.#stream = started.stream;
      this.#compromise = started.compromise;
    } catch (error) {
      // Explained while it is open: see deviceError.
      const explained = this.explain(error);
      camera.close();
      throw explained;
    }
  }

  get stream(): V4l2Stream {
    return this.#stream;
  }

  opened(): Opened {
    const { card, busInfo, usb } = this.camera.info;
    const what = this.#compromise === undefined ? card : `${card}; ${this.#compromise}`;
    const seen = seenNow(this.#device, { port: busInfo, usb }, this.#seen);
    return { label: `${this.#path} (${what})`, fps: this.#stream.fps, seen };
  }

  /** The setting for a still, or undefined where the stream has that size already. */
  settingForStill(size: StillSize): NegotiatedFormat | undefined {
    const streamed = { ...this.#setting, size: this.#stream.format };
    return this.attempt(() => stillSetting(this.#formats, size, streamed, this.#intervalsOf));
  }

  /** Starts the stream again, whatever the camera does now. */
  restart(): void {
    this.attempt(() => {
      this.camera.stop();
      this.#stream = startStream(this.camera, this.#setting, this.buffers);
    });
  }

  /** A driver's error as a `CAPTURE_…` error; any other unchanged. */
  explain(error: unknown): unknown {
    return deviceError(error, this.#path, this.#name);
  }

  attempt<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      throw this.explain(error);
    }
  }
}

/**
 * Finds a camera among those connected: the path to open. Throws a `CAPTURE_…` error.
 *
 * @param missed called with what is to be remembered of a camera that is absent
 */
function locateDevice(
  device: string,
  seen: SeenDevice | undefined,
  missed: (seen: SeenDevice) => void = () => {},
): string {
  const name = parseDeviceName(device);
  // On other systems opening fails with the reason.
  if (!name || process.platform !== 'linux') return device;
  // A path that was never opened is opened: why that fails is worth more than that it is not listed.
  if (name.kind === 'path' && !seen) return name.path;
  const closed: V4l2Error[] = [];
  let connected: readonly DeviceInfo[] = [];
  try {
    connected = listDevices((error) => closed.push(error));
    return findDevice(name, connected, seen, name.kind === 'path' ? targetOf(name.path) : undefined);
  } catch (error) {
    const [first] = closed;
    const isGone = codeOf(error) === 'CAPTURE_DEVICE_GONE';
    // A device that could not be queried may be an identical camera that has been there before.
    if (isGone && seen && !first) missed(missedAmong(seen, connected));
    // It may be the device that could not be queried, unless it could be queried before.
    throw isGone && !seen && first ? deviceError(first, first.path) : deviceError(error, device);
  }
}

/** What is to be remembered of an open camera, so that it is recognised later. */
function seenNow(device: string, camera: Pick<SeenDevice, 'port' | 'usb'>, before: SeenDevice | undefined): SeenDevice {
  const name = parseDeviceName(device);
  // Any other name identifies the camera by itself.
  const matters = name && (isFollowed(name) || name.kind === 'path') && camera.usb;
  return matters ? seenAmong(camera, listUsbNodes(), before) : camera;
}

function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
