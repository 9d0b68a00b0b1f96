import { FramehubError, frameBytes, isJpeg, MAX_PIXELS, minimumStride, type PixelFormat } from '@framehub/frame';
import type { ActiveFormat, CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import type { NegotiatedFormat } from '../../negotiate.js';
import type { CaptureTimes } from '../../thread/clock.js';
import { MAX_JPEG_BYTES } from '../jpeg-intake.js';
import type { SourceHost } from '../source.js';

export type StreamSetting = Pick<NegotiatedFormat, 'fourcc' | 'size' | 'interval' | 'fps'>;

/** What a camera streams, as its driver reports it. */
export interface V4l2Stream {
  readonly format: PixelFormat;
  /** Frames per second, if they are known. */
  readonly fps: number | undefined;
  /** Bytes that a frame has at least: those of a raw format; 1 for JPEG. */
  readonly minBytes: number;
  /** Bytes that a frame may have: a larger JPEG is no camera's. Bytes behind a raw frame are ignored. */
  readonly maxBytes: number;
  /** Bytes that the driver has room for. */
  readonly bufferBytes: number;
}

/** Bytes of a raw frame: one of {@link MAX_PIXELS} in three bytes each, and as much again for the ends of lines. */
const MAX_FRAME_BYTES = 6 * MAX_PIXELS;

/**
 * Sets a camera and starts it. Throws V4l2Error, or `CAPTURE_FORMAT_TOO_LARGE`, and the camera does not stream then.
 */
export function startStream(
  camera: Pick<V4l2Camera, 'setFormat' | 'setFrameInterval' | 'start'>,
  { fourcc, size, interval, fps }: StreamSetting,
  buffers: number,
): V4l2Stream {
  const active = camera.setFormat({ fourcc, ...size });
  const format = pixelFormat(active);
  assertSize(format);
  const set = interval && camera.setFrameInterval(interval);
  camera.start({ buffers });
  return {
    format,
    fps: set ? set.denominator / set.numerator : fps,
    minBytes: Math.max(1, frameBytes(format)),
    maxBytes: isJpeg(format.fourcc) ? MAX_JPEG_BYTES : Number.POSITIVE_INFINITY,
    bufferBytes: active.sizeImage,
  };
}

/** A driver's report, which for USB comes from the camera, must not decide how much memory is taken for frames. */
function assertSize(format: PixelFormat): void {
  const { width, height } = format;
  const fits = width >= 1 && height >= 1 && width * height <= MAX_PIXELS && frameBytes(format) <= MAX_FRAME_BYTES;
  if (fits) return;
  throw new FramehubError(
    'CAPTURE_FORMAT_TOO_LARGE',
    `the camera's frames must have 1 to ${MAX_PIXELS} pixels, not ${width}x${height} with ${format.stride} bytes a line: ask for another size`,
    { width, height, stride: format.stride },
  );
}

/**
 * Why a frame is not usable, by the driver's report and by its length. A JPEG's structure is inspected by the frame
 * outlet, for uvcvideo delivers cut ones unmarked. A camera that sends nothing else has stalled.
 */
export function faultOf(
  { error, bytesUsed }: CapturedBuffer,
  { minBytes, maxBytes }: V4l2Stream,
): 'driver-error' | 'empty' | 'short' | 'oversized' | undefined {
  if (error) return 'driver-error';
  if (bytesUsed === 0) return 'empty';
  if (bytesUsed < minBytes) return 'short';
  return bytesUsed > maxBytes ? 'oversized' : undefined;
}

/** The bytes of a frame, without what a driver leaves behind a raw one. Borrowed from the buffer. */
export function frameBytesOf({ bytes }: CapturedBuffer, { format, minBytes }: V4l2Stream): Uint8Array {
  return isJpeg(format.fourcc) ? bytes : bytes.subarray(0, minBytes);
}

export const settingText = ({ fourcc, size: { width, height } }: Pick<StreamSetting, 'fourcc' | 'size'>): string =>
  `${width}x${height} ${fourcc}`;

/** Source: V4L2_MAP_QUANTIZATION_DEFAULT; grey sensors behind USB use all 256 levels whatever the driver says. */
function pixelFormat({ fourcc, width, height, bytesPerLine, colorspace, quantization }: ActiveFormat): PixelFormat {
  const fullByDefault = ['RGB3', 'BGR3', 'GREY', 'MJPG', 'JPEG'].includes(fourcc) || colorspace === 'jpeg';
  const full = quantization === 'full' || (quantization === 'default' && fullByDefault);
  const least = minimumStride(fourcc, width);
  const stride = least === 0 ? 0 : Math.max(bytesPerLine, least);
  return { fourcc, width, height, stride, range: full ? 'full' : 'limited' };
}

/** Takes frames out of a driver's queue and passes on those that are usable. All calls throw V4l2Error. */
export class FrameIntake {
  readonly #camera: Pick<V4l2Camera, 'dequeue' | 'requeue'>;
  readonly #host: Pick<SourceHost, 'frame' | 'drop'>;
  readonly #count: FrameCount;
  readonly #times: CaptureTimes;
  #stream: V4l2Stream;

  constructor(
    camera: Pick<V4l2Camera, 'dequeue' | 'requeue'>,
    host: Pick<SourceHost, 'frame' | 'drop'>,
    stream: V4l2Stream,
    { count, times }: { readonly count: FrameCount; readonly times: CaptureTimes },
  ) {
    this.#camera = camera;
    this.#host = host;
    this.#count = count;
    this.#times = times;
    this.#stream = stream;
  }

  /** The camera has begun another stream, or the same one anew. */
  restart(stream: V4l2Stream): void {
    this.#stream = stream;
    this.#count.restart();
  }

  /** Takes all frames that are there. */
  takeAll(): void {
    for (let buffer = this.#camera.dequeue(0); buffer; buffer = this.#camera.dequeue(0)) this.#take(buffer);
  }

  /** Takes the newest frame and drops older ones. Waits for one if there is none. */
  takeNewest(timeoutMs: number): void {
    let newest = this.#camera.dequeue(timeoutMs);
    for (let next = newest; next; next = this.#camera.dequeue(0)) {
      if (newest && next !== newest) {
        this.#camera.requeue(newest);
        this.#host.drop('late');
      }
      newest = next;
    }
    if (newest) this.#take(newest);
  }

  #take(buffer: CapturedBuffer): void {
    const { format, bufferBytes } = this.#stream;
    const { sequence, lost } = this.#count.take(buffer.sequence);
    if (lost > 0) this.#host.drop('lost', lost);
    const fault = faultOf(buffer, this.#stream);
    if (fault) this.#host.drop(fault);
    else {
      const bytes = frameBytesOf(buffer, this.#stream);
      this.#host.frame({ bytes, format, sequence, capturedAt: this.#times.of(buffer), maxBytes: bufferBytes });
    }
    this.#camera.requeue(buffer);
  }
}

/** Maps a driver's frame count, which begins anew with each start of its stream, to sequences that always rise. */
export class FrameCount {
  #last: number;
  /** From the driver's count to `#last`, once its first frame since the start has come. */
  #offset: number | undefined;

  constructor(first: number) {
    this.#last = first - 1;
  }

  /** The driver begins anew. */
  restart(): void {
    this.#offset = undefined;
  }

  /** @returns a sequence, and how many frames the driver has lost before it; a driver that does not count loses none */
  take(ofDriver: number): { readonly sequence: number; readonly lost: number } {
    const next = this.#last + 1;
    this.#offset ??= next - ofDriver;
    this.#last = Math.max(next, ofDriver + this.#offset);
    return { sequence: this.#last, lost: this.#last - next };
  }
}
