import {
  FramehubError,
  frameBytes,
  inspectJpeg,
  isBroken,
  isJpeg,
  type JpegFault,
  MAX_PIXELS,
  minimumStride,
  type PixelFormat,
} from '@framehub/frame';
import type { ActiveFormat, CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import type { NegotiatedFormat } from '../../negotiate.js';
import { MAX_PICTURE_BYTES } from '../jpeg-intake.js';

export type StreamSetting = Pick<NegotiatedFormat, 'fourcc' | 'size' | 'interval' | 'fps'>;

/** What a camera streams, as its driver says. */
export interface V4l2Stream {
  readonly format: PixelFormat;
  /** Frames a second, if they are known. */
  readonly fps: number | undefined;
  /** Bytes that a frame has at most. */
  readonly mostBytes: number;
  /** Bytes without which a frame is not whole; 0 for JPEG. */
  readonly leastBytes: number;
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
    mostBytes: active.sizeImage,
    leastBytes: frameBytes(format),
  };
}

/** A driver's word, which for USB is the camera's own, is not to decide how much memory is taken for frames. */
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
 * Why a frame is not fit to be shown: by the driver's word, by its length, and a JPEG by its structure, for uvcvideo
 * delivers cut ones unmarked. A camera that sends nothing else has stalled.
 */
export function faultOf(
  { error, bytesUsed, bytes }: CapturedBuffer,
  { format, leastBytes }: V4l2Stream,
): 'driver-error' | 'short' | JpegFault | undefined {
  if (error) return 'driver-error';
  if (bytesUsed === 0) return 'empty';
  if (bytesUsed < leastBytes) return 'short';
  if (!isJpeg(format.fourcc)) return undefined;
  if (bytesUsed > MAX_PICTURE_BYTES) return 'oversized';
  const inspected = inspectJpeg(bytes);
  return isBroken(inspected) ? inspected.fault : undefined;
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
