import { BufferType, STREAMON } from './abi/buffer.js';
import { S_FMT } from './abi/format.js';
import { S_PARM } from './abi/parameter.js';
import { type ActiveFormat, type FormatRequest, readFormat, writeFormat, writeFrameInterval } from './active-format.js';
import { BufferQueue } from './buffer-queue.js';
import type { CapturedBuffer } from './captured-buffer.js';
import type { Control, ControlEvent, ControlValue } from './control-types.js';
import { ControlWatch } from './control-watch.js';
import { listControls, readControl, writeControl } from './controls.js';
import { DeviceFile } from './device-file.js';
import { type DeviceInfo, queryDevice } from './device-info.js';
import { V4l2Error } from './error.js';
import {
  describeFormats,
  describeIntervals,
  type FormatDescription,
  type Fraction,
  type FrameInterval,
} from './formats.js';
import type { FourCC } from './fourcc.js';

export interface StartOptions {
  /** Buffers to ask for, 1 to 32; the driver may give more or fewer. @default 4 */
  readonly buffers?: number;
}

/** An open camera. All methods block, for as long as the driver takes, and throw V4l2Error. Not for use by two threads. */
export class V4l2Camera {
  readonly info: DeviceInfo;
  readonly #file: DeviceFile;
  readonly #type: number;
  #queue: BufferQueue | undefined;
  #watch: ControlWatch | undefined;

  private constructor(file: DeviceFile, info: DeviceInfo) {
    this.#file = file;
    this.info = info;
    this.#type = info.multiplanar ? BufferType.VIDEO_CAPTURE_MPLANE : BufferType.VIDEO_CAPTURE;
  }

  /** Opens the node as it is named. Others may open it, too; only streaming is exclusive. */
  static open(path: string): V4l2Camera {
    const file = DeviceFile.open(path);
    try {
      return new V4l2Camera(file, queryDevice(file));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** What the camera offers, in the driver's order. */
  formats(): FormatDescription[] {
    return describeFormats(this.#file, this.#type);
  }

  /** The rates offered for a format and size; empty when the driver does not say. */
  frameIntervals(fourcc: FourCC, width: number, height: number): FrameInterval[] {
    return describeIntervals(this.#file, fourcc, width, height);
  }

  getFormat(): ActiveFormat {
    return readFormat(this.#file, this.#type);
  }

  /** Returns what the driver chose: the nearest that it can. `EBUSY` while this or another program streams. */
  setFormat(format: FormatRequest): ActiveFormat {
    if (this.#queue) throw this.#streaming('EBUSY', S_FMT.name);
    return writeFormat(this.#file, this.#type, format);
  }

  /**
   * Returns what the driver chose, in seconds per frame, or undefined when it cannot be set. Set the format first: a
   * new one may change the interval. `EBUSY` as with `setFormat`.
   */
  setFrameInterval(interval: Fraction): Fraction | undefined {
    if (this.#queue) throw this.#streaming('EBUSY', S_PARM.name);
    return writeFrameInterval(this.#file, this.#type, interval);
  }

  /** All controls, with their present values. */
  controls(): Control[] {
    return listControls(this.#file);
  }

  /** @param control id, or name as in `Control.name`; `ENOENT` when the camera has no such */
  getControl(control: number | string): Control {
    return readControl(this.#file, control);
  }

  /**
   * Sets a control and returns its value as read back: drivers clamp or refuse (`ERANGE`) what is out of range,
   * and may refuse (`EACCES`, `EBUSY`) what is inactive or grabbed.
   */
  setControl(control: number | string, value: ControlValue): ControlValue | undefined {
    return writeControl(this.#file, control, value);
  }

  /**
   * From now on `controlEvents` tells of controls that are changed, except by `setControl` of this object; but of those
   * that hang on what it set, it does. False where the driver tells of none. Idempotent; ends with `unwatchControls` or
   * `close`.
   */
  watchControls(): boolean {
    this.#watch ??= ControlWatch.start(this.#file);
    return this.#watch !== undefined;
  }

  /**
   * Changes since the last call, one event a control at most: the newest. Does not wait, and is cheap enough to be
   * called after each frame. Empty while controls are not watched.
   */
  controlEvents(): readonly ControlEvent[] {
    return this.#watch?.drain() ?? [];
  }

  /** Drops the events that were not asked for. Idempotent. */
  unwatchControls(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  /** Starts streaming. `EBUSY`: another program does; `ENOSPC`: not enough USB bandwidth. */
  start({ buffers = 4 }: StartOptions = {}): void {
    if (this.#queue) throw this.#streaming('EINVAL', STREAMON.name);
    if (!Number.isInteger(buffers) || buffers < 1 || buffers > 32) {
      throw new RangeError(`buffers: ${buffers} is not possible: allowed is a whole number from 1 to 32`);
    }
    this.#queue = BufferQueue.start(this.#file, this.#type, buffers);
  }

  /**
   * Waits for a frame and *lends* its buffer, until `requeue`. Undefined when none came in `timeoutMs` milliseconds;
   * 0 only looks. `ENODEV` once the camera is gone.
   */
  dequeue(timeoutMs: number): CapturedBuffer | undefined {
    return this.#streamingQueue('VIDIOC_DQBUF').dequeue(timeoutMs);
  }

  /** Takes a buffer back, for the driver to fill again. */
  requeue(buffer: CapturedBuffer): void {
    this.#streamingQueue('VIDIOC_QBUF').requeue(buffer);
  }

  /** Stops streaming and unmaps all buffers: their bytes must not be touched any more. Idempotent. */
  stop(): void {
    this.#queue?.stop();
    this.#queue = undefined;
  }

  /** Stops and closes. Idempotent. */
  close(): void {
    this.stop();
    this.#watch = undefined;
    this.#file.close();
  }

  #streamingQueue(syscall: string): BufferQueue {
    if (this.#queue) return this.#queue;
    throw new V4l2Error('EINVAL', 22, syscall, this.info.path, `${this.info.path}: not streaming: call start() first`);
  }

  #streaming(code: 'EBUSY' | 'EINVAL', syscall: string): V4l2Error {
    const errno = code === 'EBUSY' ? 16 : 22;
    return new V4l2Error(code, errno, syscall, this.info.path, `${this.info.path}: streaming: call stop() first`);
  }
}
