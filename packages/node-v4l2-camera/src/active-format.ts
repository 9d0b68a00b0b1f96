import type { ValueOf } from './abi/cell.js';
import {
  BufferType,
  CAP_TIMEPERFRAME,
  G_FMT,
  MAX_PLANES,
  PIX_FMT_PRIV_MAGIC,
  S_FMT,
  S_PARM,
  v4l2_format,
  v4l2_streamparm,
} from './abi/videodev2.js';
import type { DeviceFile } from './device-file.js';
import { Errno } from './error.js';
import type { Fraction } from './formats.js';
import { codeFromFourcc, type FourCC, fourccFromCode } from './fourcc.js';

/** A requested format and size; the driver chooses the nearest that it supports. */
export interface FormatRequest {
  readonly fourcc: FourCC;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** The layout of one plane of memory. */
export interface PlaneFormat {
  /** The stride: bytes from the start of one line to the start of the next; 0 for compressed formats. */
  readonly bytesPerLine: number;
  /** The largest size of an image, in bytes. */
  readonly sizeImage: number;
}

/** The format that the driver is set to, which may differ from the requested one. */
export interface ActiveFormat extends FormatRequest {
  /** Stride of the first plane, in bytes. */
  readonly bytesPerLine: number;
  /** Largest size of the first plane, in bytes. */
  readonly sizeImage: number;
  /** `default` if the driver does not specify it. */
  readonly colorspace: Colorspace;
  /** `default`: full for RGB and for colour space `jpeg`, otherwise limited (V4L2_MAP_QUANTIZATION_DEFAULT). */
  readonly quantization: 'default' | 'full' | 'limited';
  /**
   * Planes of memory: one, except for the multi-planar formats (`NM12` …). `NV12` has two colour planes in one plane of
   * memory, and so one entry here.
   */
  readonly planes: readonly PlaneFormat[];
}

const COLORSPACES = [
  'default',
  'smpte170m',
  'smpte240m',
  'rec709',
  'bt878',
  '470-system-m',
  '470-system-bg',
  'jpeg',
  'srgb',
  'oprgb',
  'bt2020',
  'raw',
  'dci-p3',
] as const;
/** The names of `enum v4l2_colorspace`. */
export type Colorspace = (typeof COLORSPACES)[number];

const QUANTIZATIONS = ['default', 'full', 'limited'] as const;

/** @param type one of `BufferType` */
export function readFormat(file: DeviceFile, type: number): ActiveFormat {
  const cell = file.allocate(v4l2_format);
  cell.fields.type = type;
  file.call(G_FMT, cell);
  return activeFormat(cell.fields);
}

export function writeFormat(file: DeviceFile, type: number, { fourcc, width, height }: FormatRequest): ActiveFormat {
  const cell = file.allocate(v4l2_format);
  const { fields } = cell;
  const { pix, pix_mp } = fields.fmt;
  fields.type = type;
  // All other fields stay 0: the driver chooses.
  const requested = { width, height, pixelformat: codeFromFourcc(fourcc) };
  if (type === BufferType.VIDEO_CAPTURE) Object.assign(pix, requested, { priv: PIX_FMT_PRIV_MAGIC });
  else Object.assign(pix_mp, requested);
  file.call(S_FMT, cell);
  return activeFormat(fields);
}

/** Returns the interval that the driver chose, or undefined if it cannot be set. */
export function writeFrameInterval(file: DeviceFile, type: number, interval: Fraction): Fraction | undefined {
  const cell = file.allocate(v4l2_streamparm);
  cell.fields.type = type;
  const { timeperframe } = cell.fields.parm.capture;
  timeperframe.numerator = interval.numerator;
  timeperframe.denominator = interval.denominator;
  const errno = file.attempt(S_PARM, cell);
  if (errno === Errno.ENOTTY || errno === Errno.EINVAL) return undefined;
  if (errno) throw file.error(errno, S_PARM.name);
  if (!(cell.fields.parm.capture.capability & CAP_TIMEPERFRAME)) return undefined;
  return { numerator: timeperframe.numerator, denominator: timeperframe.denominator };
}

function activeFormat({ type, fmt: { pix, pix_mp } }: ValueOf<typeof v4l2_format>): ActiveFormat {
  const common = type === BufferType.VIDEO_CAPTURE ? pix : pix_mp;
  const planes: PlaneFormat[] =
    type === BufferType.VIDEO_CAPTURE
      ? [planeFormat(pix)]
      : Array.from({ length: Math.min(pix_mp.num_planes, MAX_PLANES) }, (_, i) =>
          planeFormat(pix_mp.plane_fmt[i] as Sizes),
        );
  const first = planes[0] ?? { bytesPerLine: 0, sizeImage: 0 };
  return {
    fourcc: fourccFromCode(common.pixelformat),
    width: common.width,
    height: common.height,
    ...first,
    colorspace: COLORSPACES[common.colorspace] ?? 'default',
    quantization: QUANTIZATIONS[common.quantization] ?? 'default',
    planes,
  };
}

interface Sizes {
  readonly bytesperline: number;
  readonly sizeimage: number;
}

const planeFormat = ({ bytesperline, sizeimage }: Sizes): PlaneFormat => ({
  bytesPerLine: bytesperline,
  sizeImage: sizeimage,
});
