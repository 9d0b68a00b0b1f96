import {
  type ControlValues,
  type FourCC,
  FramehubError,
  isReservedName,
  type Logger,
  MAX_CAMERA_FPS,
  maskedAddress,
  mustBe,
  READABLE_FOURCCS,
} from '@framehub/frame';
import { DEVICE_NAMES, parseDeviceName } from './sources/v4l2/device-name.js';

/** Where a camera's frames come from. */
export type SourceOptions = V4l2Options | PatternOptions | FileOptions | HttpOptions;

/** A camera of Video4Linux2. Linux only. */
export interface V4l2Options {
  readonly type: 'v4l2';
  /**
   * Which camera, looked up anew at each start: a node or a link to it (`/dev/video0`, `/dev/v4l/by-id/…`), a by-id
   * link's name (`usb-…-video-index0`), `usb:VENDOR:PRODUCT[:SERIAL]`, `serial:SERIAL`, `port:BUS-INFO` as v4l2-ctl prints
   * it (`port:usb-0000:00:14.0-1`), or the number among those connected, from `0`. A node and a number stand for the camera
   * that was found there first: it is found again under another number.
   */
  readonly device: string;
  /** @default the best the camera has: MJPG, JPEG, then raw formats */
  readonly fourcc?: FourCC;
  /** Pixels. What the camera lacks falls to its next smaller size. @default the largest */
  readonly size?: { readonly width: number; readonly height: number };
  /** Frames a second. @default the highest the camera has at that size */
  readonly fps?: number;
  /** Control values by V4L2's names, set at each start. The camera's own values are put back at the end. */
  readonly controls?: ControlValues;
  /**
   * When the USB bus has no room left: `wait` for it, or `fallback` to MJPG, a smaller size, a lower rate.
   * @default 'wait'
   */
  readonly onNoBandwidth?: 'wait' | 'fallback';
  /** Frames the driver may hold. @default 4 */
  readonly buffers?: number;
}

/** A moving test image that framehub draws, for use without a camera. */
export interface PatternOptions {
  readonly type: 'pattern';
  /** Pixels. @default 1280 */
  readonly width?: number;
  /** Pixels. @default 720 */
  readonly height?: number;
  /** Frames a second. @default 30 */
  readonly fps?: number;
  /** One of frame's READABLE_FOURCCS. @default 'YUYV' */
  readonly fourcc?: FourCC;
  /** Control values, as of a camera. */
  readonly controls?: ControlValues;
}

/** JPEGs from the disc. */
export interface FileOptions {
  readonly type: 'file';
  /** A folder of .jpg and .jpeg files (in order of name), one such file, or JPEGs one after another in one file (.mjpeg, .mjpg). */
  readonly path: string;
  /** Frames per second. @default 10 */
  readonly fps?: number;
  /** Begin again after the last JPEG. A folder is read anew each time. @default true */
  readonly loop?: boolean;
}

/** Another program's MJPEG stream, or its snapshot address. */
export interface HttpOptions {
  readonly type: 'http';
  /** http: or https:. A user name and password in it are sent as basic authentication, and never shown. */
  readonly url: string;
  /** In place of those in the address. */
  readonly username?: string;
  readonly password?: string;
  /** Requests per second to a snapshot address. A stream comes at its own rate. @default 5 */
  readonly fps?: number;
}

/** How long a camera needs to find its exposure. */
export type WarmUp = { readonly frames: number } | { readonly milliseconds: number };

/** A camera's options but its logger: what its thread is given. */
export interface CaptureOptions {
  /** Letters, digits, `-` and `_`: usable in an address and in a topic. */
  readonly name: string;
  readonly source: SourceOptions;
  /** Thins the source to this many frames a second, exactly. @default every frame */
  readonly fps?: number;
  /** Seconds without demand until the source is closed; the next demand opens it. @default 'never' */
  readonly idle?: number | 'never';
  /** What is dropped of the first frames after each start, which may be dark or broken. @default nothing */
  readonly warmup?: WarmUp;
  /** Milliseconds without a frame after which the source is started again. @default several frame intervals, at least 2000 */
  readonly stallAfter?: number;
}

/** What a {@link Camera} is made with. */
export interface CameraOptions extends CaptureOptions {
  /** pino's interface. @default no logging */
  readonly logger?: Logger;
}

export const PATTERN_DEFAULTS = { width: 1280, height: 720, fps: 30, fourcc: 'YUYV' } as const;
/** Seconds; longer ones do not fit into a timer. */
const MAX_IDLE = 1_000_000;
/** The most frames that `warmup.frames` may drop. */
export const MAX_WARM_UP_FRAMES = 1000;
/** The longest `warmup.milliseconds`. */
export const MAX_WARM_UP_MS = 60_000;
export const MIN_PATTERN_SIZE = 16;
export const MAX_PATTERN_SIZE = 8192;

/** @throws `CAPTURE_INVALID_OPTION`, naming the option, its value and what is allowed */
export function checkCameraOptions(options: CaptureOptions): void {
  const { name, source, fps, idle, warmup, stallAfter } = options;
  if (!/^[\w-]+$/.test(name)) throw badOption('name', name, 'letters, digits, - and _');
  if (isReservedName(name))
    throw badOption('name', name, 'any name but those of every JavaScript object (constructor, toString …)');
  if (fps !== undefined) checkRange('fps', fps, 0, MAX_CAMERA_FPS);
  if (idle !== undefined && idle !== 'never' && !(idle >= 0 && idle <= MAX_IDLE))
    throw badOption('idle', idle, `never, or a number from 0 to ${MAX_IDLE}`);
  if (stallAfter !== undefined) checkRange('stallAfter', stallAfter, 0, 3_600_000);
  if (warmup && 'frames' in warmup) checkWhole('warmup.frames', warmup.frames, 0, MAX_WARM_UP_FRAMES);
  if (warmup && 'milliseconds' in warmup) checkRange('warmup.milliseconds', warmup.milliseconds, 0, MAX_WARM_UP_MS);
  checkSource(source);
}

function checkSource(source: SourceOptions): void {
  if (source.fps !== undefined) checkRange('source.fps', source.fps, 0, MAX_CAMERA_FPS);
  switch (source.type) {
    case 'pattern':
      checkPattern(source);
      return;
    case 'http':
      checkAddress(source.url);
      return;
    case 'v4l2':
      if (!parseDeviceName(source.device)) throw badOption('source.device', source.device, DEVICE_NAMES);
      if (source.onNoBandwidth !== undefined && !['wait', 'fallback'].includes(source.onNoBandwidth))
        throw badOption('source.onNoBandwidth', source.onNoBandwidth, 'wait or fallback');
      if (source.buffers !== undefined) checkWhole('source.buffers', source.buffers, 2, 32);
      return;
    case 'file':
      if (source.path === '') throw badOption('source.path', '', 'a folder or a file');
      return;
    default:
      throw badOption('source.type', (source as { type: unknown }).type, 'v4l2, pattern, file, http');
  }
}

function checkPattern({ width, height, fourcc }: PatternOptions): void {
  if (width !== undefined) checkWhole('source.width', width, MIN_PATTERN_SIZE, MAX_PATTERN_SIZE);
  if (height !== undefined) checkWhole('source.height', height, MIN_PATTERN_SIZE, MAX_PATTERN_SIZE);
  if (fourcc !== undefined && !READABLE_FOURCCS.includes(fourcc))
    throw badOption('source.fourcc', fourcc, READABLE_FOURCCS.join(', '));
}

function checkAddress(url: string): void {
  // The URL itself stays out of the error: it may hold a password.
  const protocol = URL.canParse(url) ? new URL(url).protocol : 'no URL';
  if (protocol === 'http:' || protocol === 'https:') return;
  throw badOption('source.url', protocol, 'an address that begins with http:// or https://');
}

function checkRange(key: string, value: number, above: number, max: number): void {
  if (!(value > above && value <= max)) throw badOption(key, value, `a number above ${above}, up to ${max}`);
}

function checkWhole(key: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw badOption(key, value, `a whole number from ${min} to ${max}`);
}

function badOption(key: string, value: unknown, allowed: string): FramehubError {
  return new FramehubError('CAPTURE_INVALID_OPTION', mustBe(key, allowed, value), { key, value, allowed });
}

/** Equal for two sources that open the same device or place. Not to be shown: it may hold secrets. */
export function identityOf(source: SourceOptions): string {
  return source.type === 'http' ? source.url : labelOf(source);
}

/** The name of a source before it has been opened. Holds no secret: of a URL only scheme, host and port are shown. */
export function labelOf(source: SourceOptions): string {
  switch (source.type) {
    case 'v4l2':
      return /^\d+$/.test(source.device) ? `camera ${source.device}` : source.device;
    case 'pattern':
      return 'test pattern';
    case 'file':
      return source.path;
    case 'http':
      return maskedAddress(source.url);
  }
}
