import { BufferType, DQBUF, QBUF, S_FMT, S_PARM, STREAMON } from './abi/videodev2.js';
import { type ActiveFormat, type FormatRequest, readFormat, writeFormat, writeFrameInterval } from './active-format.js';
import { BufferQueue, type CapturedBuffer, type FramesOptions } from './buffer-queue.js';
import type { ControlValue } from './control-value.js';
import { type ControlEvent, ControlWatch } from './control-watch.js';
import { type Control, listControls, readControl, writeControl } from './controls.js';
import { DeviceFile } from './device-file.js';
import { type DeviceInfo, queryDevice } from './devices.js';
import { Errno } from './error.js';
import {
  describeFormats,
  describeIntervals,
  type FormatDescription,
  type Fraction,
  type FrameInterval,
} from './formats.js';
import type { FourCC } from './fourcc.js';

/** How `V4l2Camera.start` streams. */
export interface StartOptions {
  /** Number of buffers to request, 1 to 32; the driver may give more or fewer. @default 4 */
  readonly buffers?: number | undefined;
}

/**
 * An open camera. All methods are synchronous: they block the thread until the driver answers. Every method may throw
 * V4l2Error, `ENODEV` once the camera is unplugged. Use one object from one thread only, and close or dispose it.
 *
 * @example
 * using camera = V4l2Camera.open('/dev/video0');
 * camera.setFormat({ fourcc: 'MJPG', width: 1280, height: 720 });
 * camera.start();
 * for (const frame of camera.frames({ newest: true })) process.stdout.write(Buffer.from(frame.bytes));
 */
export class V4l2Camera implements Disposable {
  /** What the device reported when it was opened. */
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

  /**
   * Opens a camera. Several programs may open the same one; only streaming is exclusive.
   *
   * @param path a device node or a link to one: `/dev/video0`, `/dev/v4l/by-id/…`
   * @returns the open camera, owned by the caller: close it
   * @throws V4l2Error `ENOENT` if there is no such node, `EACCES` without permission, `ENOTTY` for other devices,
   *   `EINVAL` for a node that cannot capture, `ENOSYS` where Video4Linux is not available
   */
  static open(path: string): V4l2Camera {
    const file = DeviceFile.open(path);
    try {
      return new V4l2Camera(file, queryDevice(file));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Lists the formats that the camera offers, with their sizes and frame intervals, in the driver's order. */
  formats(): FormatDescription[] {
    return describeFormats(this.#file, this.#type);
  }

  /**
   * Lists the frame intervals for one format and size; empty if the driver does not report them.
   *
   * @param width in pixels
   * @param height in pixels
   * @throws RangeError for an invalid FourCC
   */
  frameIntervals(fourcc: FourCC, width: number, height: number): FrameInterval[] {
    return describeIntervals(this.#file, fourcc, width, height);
  }

  /** Reads the format that the driver is set to. */
  getFormat(): ActiveFormat {
    return readFormat(this.#file, this.#type);
  }

  /**
   * Sets format and size.
   *
   * @returns what the driver chose: the nearest that it supports
   * @throws V4l2Error `EBUSY` while this or another program streams; RangeError for an invalid FourCC
   */
  setFormat(format: FormatRequest): ActiveFormat {
    if (this.#queue) throw this.#alreadyStreaming(Errno.EBUSY, S_FMT.name);
    return writeFormat(this.#file, this.#type, format);
  }

  /**
   * Sets the frame interval. Set the format first: a new format may change the interval.
   *
   * @param interval seconds per frame: 1/30 for 30 fps
   * @returns what the driver chose, or undefined if this camera's interval cannot be set
   * @throws V4l2Error `EBUSY` while this or another program streams
   */
  setFrameInterval(interval: Fraction): Fraction | undefined {
    if (this.#queue) throw this.#alreadyStreaming(Errno.EBUSY, S_PARM.name);
    return writeFrameInterval(this.#file, this.#type, interval);
  }

  /** Lists all controls with their current values. */
  controls(): Control[] {
    return listControls(this.#file);
  }

  /**
   * Reads one control.
   *
   * @param control id, or name as in `Control.name`
   * @throws V4l2Error `ENOENT` if the camera has no such control
   */
  getControl(control: number | string): Control {
    return readControl(this.#file, control);
  }

  /**
   * Sets one control.
   *
   * @param control id, or name as in `Control.name`
   * @returns the value read back, as drivers may clamp it; undefined as in `Control.value`
   * @throws V4l2Error `ENOENT` if the camera has no such control, `ERANGE` if the driver refuses a value out of range,
   *   `EACCES` or `EBUSY` if it refuses an inactive or grabbed control; RangeError for a value that the control cannot
   *   hold; TypeError for a compound control
   */
  setControl(control: number | string, value: ControlValue): ControlValue | undefined {
    return writeControl(this.#file, control, value);
  }

  /**
   * Starts to collect the events that `controlEvents` returns, until `unwatchControls` or `close`. Idempotent.
   * Changes by `setControl` of this object make no events, but their effects on other controls do.
   *
   * @returns false if the driver has no control events
   */
  watchControls(): boolean {
    this.#watch ??= ControlWatch.start(this.#file);
    return this.#watch !== undefined;
  }

  /**
   * Returns what changed since the last call, at most one event a control; empty while controls are not watched. Does
   * not wait, and is cheap enough to call after each frame.
   */
  controlEvents(): readonly ControlEvent[] {
    return this.#watch?.readEvents() ?? [];
  }

  /** Ends `watchControls` and drops the events that were not read. Idempotent. */
  unwatchControls(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  /**
   * Maps the driver's buffers and starts streaming.
   *
   * @throws V4l2Error `EBUSY` if another program streams, `ENOSPC` without enough USB bandwidth, `EINVAL` if already
   *   started; RangeError for an invalid number of buffers
   */
  start({ buffers = 4 }: StartOptions = {}): void {
    if (this.#queue) throw this.#alreadyStreaming(Errno.EINVAL, STREAMON.name);
    if (!Number.isInteger(buffers) || buffers < 1 || buffers > 32) {
      throw new RangeError(`buffers must be a whole number from 1 to 32, not ${buffers}`);
    }
    this.#queue = BufferQueue.start(this.#file, this.#type, buffers);
  }

  /**
   * Waits for the oldest frame and *lends* its buffer until `requeue`. Blocks the thread, so it takes no `AbortSignal`.
   *
   * @param timeoutMs how long to wait, in milliseconds; 0 returns at once
   * @returns undefined if no frame arrived in time
   * @throws V4l2Error `ENODEV` once the camera is gone, `EINVAL` if it does not stream or all buffers are dequeued
   */
  dequeue(timeoutMs: number): CapturedBuffer | undefined {
    return this.#streamingQueue(DQBUF.name).dequeue(timeoutMs);
  }

  /**
   * Gives a buffer back to the driver, which fills it again.
   *
   * @throws V4l2Error `EINVAL` for a buffer that is not dequeued
   */
  requeue(buffer: CapturedBuffer): void {
    this.#streamingQueue(QBUF.name).requeue(buffer);
  }

  /**
   * Iterates over frames. Each frame is *lent* until the loop asks for the next one or ends; the iterator requeues it.
   * The iterator is synchronous, as reading blocks the thread: use it in a worker thread. It ends after `stop` or
   * `close`.
   *
   * @throws V4l2Error `EINVAL` if the camera does not stream, `ETIMEDOUT` if no frame arrives within `timeoutMs`,
   *   `ENODEV` once the camera is gone; the signal's reason once it is aborted
   * @example
   * for (const frame of camera.frames({ timeoutMs: 2000, newest: true })) {
   *   if (!frame.error) await send(Buffer.from(frame.bytes));
   * }
   */
  frames(options: FramesOptions = {}): Generator<CapturedBuffer, void, undefined> {
    return this.#streamingQueue(DQBUF.name).frames(options);
  }

  /** Stops streaming and unmaps all buffers: their bytes must not be read any more. Idempotent. */
  stop(): void {
    this.#queue?.stop();
    this.#queue = undefined;
  }

  /** Stops streaming and closes the device. Idempotent. */
  close(): void {
    this.stop();
    this.#watch = undefined;
    this.#file.close();
  }

  /** Same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #streamingQueue(syscall: string): BufferQueue {
    if (this.#queue) return this.#queue;
    throw this.#file.error(Errno.EINVAL, syscall, 'not streaming: call start() first');
  }

  #alreadyStreaming(errno: number, syscall: string) {
    return this.#file.error(errno, syscall, 'streaming: call stop() first');
  }
}
