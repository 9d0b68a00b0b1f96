import type { StillSize } from '@framehub/frame';
import { type FormatDescription, V4l2Camera } from 'node-v4l2-camera';
import type { Opened, SeenDevice } from '../../messages.js';
import type { IntervalsOf, NegotiatedFormat } from '../../negotiate.js';
import type { V4l2Options } from '../../options.js';
import type { SourceHost } from '../source.js';
import { deviceError } from './device-error.js';
import { describeName, parseDeviceName } from './device-name.js';
import { locateDevice, seenNow } from './locate-device.js';
import { startCamera } from './start-camera.js';
import { stillSetting } from './still-setting.js';
import { type StreamSetting, startStream, type V4l2Stream } from './v4l2-stream.js';

const DEFAULT_BUFFERS = 4;

/** A camera found by its name, open and set as was wished for. Calls that may fail throw `CAPTURE_…` errors. */
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
      const started = startCamera(camera, this.#formats, this.#intervalsOf, { ...options, buffers }, host);
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

  /** What a still needs, or undefined where the stream's own frames are as good. */
  settingForStill(size: StillSize): NegotiatedFormat | undefined {
    const streamed = { ...this.#setting, size: this.#stream.format };
    return this.attempt(() => stillSetting(this.#formats, size, streamed, this.#intervalsOf));
  }

  /** Back to the stream, whatever the camera does now. */
  restart(): void {
    this.attempt(() => {
      this.camera.stop();
      this.#stream = startStream(this.camera, this.#setting, this.buffers);
    });
  }

  /** An error of the driver's in terms of this package; any other as it is. */
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
