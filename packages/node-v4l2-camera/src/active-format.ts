import { BufferType } from './abi/buffer.js';
import type { ValueOf } from './abi/cell.js';
import { G_FMT, MAX_PLANES, PIX_FMT_PRIV_MAGIC, S_FMT, v4l2_format } from './abi/format.js';
import { CAP_TIMEPERFRAME, S_PARM, v4l2_streamparm } from './abi/parameter.js';
import type { DeviceFile } from './device-file.js';
import type { Fraction } from './formats.js';
import { codeFromFourcc, type FourCC, fourccFromCode } from './fourcc.js';

export interface FormatRequest {
  readonly fourcc: FourCC;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** How one plane of memory is laid out. */
export interface PlaneFormat {
  /** From a line's start to the next one's; 0 for compressed formats. */
  readonly bytesPerLine: number;
  /** The most bytes that an image takes. */
  readonly sizeImage: number;
}

/** What the driver is set to, which may differ from what was asked for. */
export interface ActiveFormat extends FormatRequest {
  /** Of the first plane. */
  readonly bytesPerLine: number;
  /** Of the first plane. */
  readonly sizeImage: number;
  /** `default` where the driver leaves it open. */
  readonly colorspace: Colorspace;
  /** `default`: full for RGB and for colour space `jpeg`, else limited (V4L2_MAP_QUANTIZATION_DEFAULT). */
  readonly quantization: 'default' | 'full' | 'limited';
  /**
   * Planes of memory: one, but for the multi-planar formats (`NM12` …). `NV12` has two planes of colour
   * in one of memory, and so one entry here.
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
/** After `enum v4l2_colorspace`. */
export type Colorspace = (typeof COLORSPACES)[number];

const QUANTIZATIONS = ['default', 'full', 'limited'] as const;

const ENOTTY = 25;
const EINVAL = 22;

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
  // Everything else stays 0: the driver's choice.
  const wanted = { width, height, pixelformat: codeFromFourcc(fourcc) };
  if (type === BufferType.VIDEO_CAPTURE) Object.assign(pix, wanted, { priv: PIX_FMT_PRIV_MAGIC });
  else Object.assign(pix_mp, wanted);
  file.call(S_FMT, cell);
  return activeFormat(fields);
}

/** Returns the interval that the driver took, or undefined when it cannot be set. */
export function writeFrameInterval(file: DeviceFile, type: number, interval: Fraction): Fraction | undefined {
  const cell = file.allocate(v4l2_streamparm);
  cell.fields.type = type;
  const { timeperframe } = cell.fields.parm.capture;
  timeperframe.numerator = interval.numerator;
  timeperframe.denominator = interval.denominator;
  const errno = file.attempt(S_PARM, cell);
  if (errno === ENOTTY || errno === EINVAL) return undefined;
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
