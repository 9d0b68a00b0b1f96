import {
  type FourCC,
  FramehubError,
  inspectJpeg,
  isBroken,
  isJpeg,
  type JpegInfo,
  type StillSize,
} from '@framehub/frame';
import type { CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import type { Still } from '../../messages.js';
import {
  type IntervalsOf,
  jpegOf,
  type NegotiatedFormat,
  negotiate,
  type OfferedFormat,
  type Size,
} from '../../negotiate.js';
import type { WarmUp } from '../../options.js';
import type { CaptureTimes } from '../../thread/clock.js';
import { WarmUpGate } from '../../thread/outlet.js';
import {
  type FrameCount,
  faultOf,
  frameBytesOf,
  type StreamSetting,
  settingText,
  startStream,
  type V4l2Stream,
} from './v4l2-stream.js';

/** For frames; the driver may take longer, as setting and starting the camera is not counted. */
const TIMEOUT_MS = 4000;
/** A warm-up that takes longer is cut short: what comes then is better than nothing. */
const WARM_UP_LIMIT_MS = 2000;
/** The first frames of another size are dark or broken with many cameras. */
const DEFAULT_WARM_UP: WarmUp = { frames: 2 };
/** For one wait in the driver, so that the thread can be stopped. */
const SLICE_MS = 100;
/** A longer step is one in which the whole process stood still, so that no frame could be read meanwhile. */
const MAX_STEP_MS = 1000;

export interface StillParts {
  readonly camera: Pick<V4l2Camera, 'setFormat' | 'setFrameInterval' | 'start' | 'dequeue' | 'requeue'>;
  readonly count: FrameCount;
  readonly times: CaptureTimes;
  readonly buffers: number;
  readonly warmup: WarmUp | undefined;
  /** Lets the event loop turn. Rejects once the source is closed. */
  turn(): Promise<void>;
  /** Milliseconds of a monotonic clock. @default performance.now */
  now?(): number;
}

/**
 * Starts a camera that is open and stopped, and takes one whole frame. Leaves it streaming. Rejects with V4l2Error, or
 * with `CAPTURE_STILL_FAILED` when no whole frame comes in time.
 */
export async function takeStill(setting: StreamSetting, parts: StillParts): Promise<Still> {
  const { camera, buffers, warmup = DEFAULT_WARM_UP, turn, now = () => performance.now() } = parts;
  const stream = startStream(camera, setting, buffers);
  parts.count.restart();
  const warm = new WarmUpGate(warmup);
  let last = now();
  for (let elapsed = 0; elapsed < TIMEOUT_MS; ) {
    await turn();
    const buffer = camera.dequeue(SLICE_MS);
    const step = now() - last;
    last += step;
    elapsed += Math.min(step, MAX_STEP_MS);
    if (!buffer) continue;
    const tooEarly = warm.drops(last) && elapsed <= WARM_UP_LIMIT_MS;
    const still = tooEarly ? undefined : stillOf(buffer, stream, parts);
    camera.requeue(buffer);
    if (still) return still;
  }
  const seconds = TIMEOUT_MS / 1000;
  throw new FramehubError(
    'CAPTURE_STILL_FAILED',
    `the camera gave no whole frame of ${settingText(setting)} within ${seconds} s: request another size`,
    { ...setting.size, fourcc: setting.fourcc },
  );
}

/** A copy of a whole frame, without what follows its end. */
function stillOf(
  buffer: CapturedBuffer,
  stream: V4l2Stream,
  { count, times }: Pick<StillParts, 'count' | 'times'>,
): Still | undefined {
  const { format } = stream;
  if (faultOf(buffer, stream)) return undefined;
  const bytes = frameBytesOf(buffer, stream);
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  let jpeg: JpegInfo | undefined;
  if (isJpeg(format.fourcc)) {
    const inspected = inspectJpeg(copy);
    if (isBroken(inspected)) return undefined;
    jpeg = inspected;
  }
  return {
    bytes: jpeg ? copy.subarray(0, jpeg.byteLength) : copy,
    format,
    sequence: count.take(buffer.sequence).sequence,
    capturedAt: times.of(buffer),
    jpeg,
  };
}

/** What a camera streams when a still is requested. */
export interface Streamed {
  readonly fourcc: FourCC;
  readonly size: Size;
  readonly fps: number | undefined;
}

/**
 * What to set a camera to for a still: its largest size or the one nearest to the requested size, as JPEG where it can, and not
 * slower than the stream. Undefined when it streams that size already.
 */
export function stillSetting(
  formats: readonly OfferedFormat[],
  requested: StillSize,
  streamed: Streamed,
  intervalsOf: IntervalsOf,
): NegotiatedFormat | undefined {
  const fourcc = jpegOf(formats) ?? streamed.fourcc;
  const size = requested === 'max' ? undefined : nearest(formats, fourcc, requested);
  const { fps } = streamed;
  const setting = negotiate(formats, { fourcc, ...(size && { size }), ...(fps && { fps }) }, intervalsOf);
  const same = setting.size.width === streamed.size.width && setting.size.height === streamed.size.height;
  return same ? undefined : setting;
}

/** By the sum of what width and height differ. Within a range of sizes, or without a list, the requested size itself. */
function nearest(formats: readonly OfferedFormat[], fourcc: FourCC, requested: Size): Size {
  const sizes = formats.find((format) => format.fourcc === fourcc)?.sizes ?? [];
  const listed = sizes.flatMap((size) => (size.type === 'discrete' ? [size] : []));
  const distance = (size: Size): number =>
    Math.abs(size.width - requested.width) + Math.abs(size.height - requested.height);
  const [best] = listed.toSorted((a, b) => distance(a) - distance(b));
  return best ? { width: best.width, height: best.height } : requested;
}
