import {
  frameBytes,
  inspectJpeg,
  isBroken,
  isJpeg,
  type JpegFault,
  minimumStride,
  type PixelFormat,
} from '@framehub/frame';
import type { ActiveFormat, CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import type { NegotiatedFormat } from '../../negotiate.js';

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

/** Sets a camera and starts it. Throws V4l2Error, and the camera does not stream then. */
export function startStream(
  camera: Pick<V4l2Camera, 'setFormat' | 'setFrameInterval' | 'start'>,
  { fourcc, size, interval, fps }: StreamSetting,
  buffers: number,
): V4l2Stream {
  const active = camera.setFormat({ fourcc, ...size });
  const set = interval && camera.setFrameInterval(interval);
  camera.start({ buffers });
  const format = pixelFormat(active);
  return {
    format,
    fps: set ? set.denominator / set.numerator : fps,
    mostBytes: active.sizeImage,
    leastBytes: frameBytes(format),
  };
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
  const inspected = isJpeg(format.fourcc) && inspectJpeg(bytes);
  return inspected && isBroken(inspected) ? inspected.fault : undefined;
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
