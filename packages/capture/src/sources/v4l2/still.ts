import { FramehubError, inspectJpeg, isBroken, isJpeg } from '@framehub/frame';
import type { CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import type { Still } from '../../messages.js';
import type { WarmUp } from '../../options.js';
import { WarmUpGate } from '../../thread/warm-up.js';
import type { CaptureTimes } from './capture-times.js';
import type { FrameCount } from './frame-count.js';
import { faultOf, type StreamSetting, settingText, startStream, type V4l2Stream } from './v4l2-stream.js';

/** Milliseconds that frames are waited for; the driver has its own time to set and start the camera. */
const LIMIT_MS = 4000;
/** A warm-up that takes longer is cut short: what comes then is better than nothing. */
const WARM_UP_LIMIT_MS = 2000;
/** The first frames of another size are dark or broken with many cameras. */
const LEAST_WARM_UP: WarmUp = { frames: 2 };
/** How long the driver is waited in at most, so that the thread can be told to stop. */
const SLICE_MS = 100;
/** A longer step is one in which the whole process stood still: no frame could be looked for meanwhile. */
const LONGEST_STEP_MS = 1000;

export interface StillParts {
  readonly camera: Pick<V4l2Camera, 'setFormat' | 'setFrameInterval' | 'start' | 'dequeue' | 'requeue'>;
  readonly count: FrameCount;
  readonly times: CaptureTimes;
  readonly buffers: number;
  readonly warmup: WarmUp | undefined;
  /** Lets the event loop turn. Rejects once the source is closed. */
  turn(): Promise<void>;
  /** Milliseconds of a clock that nobody sets. @default performance.now */
  now?(): number;
}

/**
 * Starts a camera that is open and stopped, and takes one whole frame. Leaves it streaming. Rejects with V4l2Error, or
 * with `CAPTURE_STILL_FAILED` when no whole frame comes in time.
 */
export async function takeStill(setting: StreamSetting, parts: StillParts): Promise<Still> {
  const { camera, buffers, warmup = LEAST_WARM_UP, turn, now = () => performance.now() } = parts;
  const stream = startStream(camera, setting, buffers);
  parts.count.restart();
  const warm = new WarmUpGate(warmup);
  let last = now();
  for (let elapsed = 0; elapsed < LIMIT_MS; ) {
    await turn();
    const buffer = camera.dequeue(SLICE_MS);
    const step = now() - last;
    last += step;
    elapsed += Math.min(step, LONGEST_STEP_MS);
    if (!buffer) continue;
    const tooEarly = warm.drops(last) && elapsed <= WARM_UP_LIMIT_MS;
    const still = tooEarly ? undefined : stillOf(buffer, stream, parts);
    camera.requeue(buffer);
    if (still) return still;
  }
  const seconds = LIMIT_MS / 1000;
  throw new FramehubError(
    'CAPTURE_STILL_FAILED',
    `the camera gave no whole picture of ${settingText(setting)} within ${seconds} s: ask for another size`,
    { ...setting.size, fourcc: setting.fourcc },
  );
}

/** A copy of its own of a whole frame. */
function stillOf(
  buffer: CapturedBuffer,
  stream: V4l2Stream,
  { count, times }: Pick<StillParts, 'count' | 'times'>,
): Still | undefined {
  if (faultOf(buffer, stream)) return undefined;
  const bytes = wholePart(buffer.bytes, stream);
  if (!bytes) return undefined;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return {
    bytes: copy,
    format: stream.format,
    sequence: count.take(buffer.sequence).sequence,
    capturedAt: times.of(buffer),
  };
}

/** A frame without what follows its end; undefined for a JPEG that has none, or is none. */
function wholePart(bytes: Uint8Array, { format, leastBytes }: V4l2Stream): Uint8Array | undefined {
  if (!isJpeg(format.fourcc)) return bytes.subarray(0, leastBytes);
  const info = inspectJpeg(bytes);
  return isBroken(info) ? undefined : bytes.subarray(0, info.byteLength);
}
