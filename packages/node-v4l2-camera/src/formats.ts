import type { ValueOf } from './abi/cell.js';
import type { Request, Struct } from './abi/layout.js';
import { ENUM_FMT, ENUM_FRAMEINTERVALS, ENUM_FRAMESIZES, FormatFlag, RangeType } from './abi/videodev2.js';
import type { DeviceFile } from './device-file.js';
import { Errno } from './error.js';
import { codeFromFourcc, type FourCC, fourccFromCode } from './fourcc.js';

/** Seconds per frame as a fraction: 1/30 for 30 fps. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** A frame interval in seconds that a camera offers, or a range of them. `continuous`: every value in the range. */
export type FrameInterval =
  | { readonly type: 'discrete'; readonly numerator: number; readonly denominator: number }
  | {
      readonly type: 'stepwise' | 'continuous';
      readonly min: Fraction;
      readonly max: Fraction;
      readonly step: Fraction;
    };

/** A frame size in pixels that a camera offers, or a range: use `frameIntervals` for the intervals of a size in it. */
export type FrameSize =
  | {
      readonly type: 'discrete';
      readonly width: number;
      readonly height: number;
      /** In the driver's order; empty if it does not report them. */
      readonly intervals: readonly FrameInterval[];
    }
  | {
      readonly type: 'stepwise' | 'continuous';
      readonly minWidth: number;
      readonly maxWidth: number;
      readonly stepWidth: number;
      readonly minHeight: number;
      readonly maxHeight: number;
      readonly stepHeight: number;
    };

/** A pixel format that a camera offers. */
export interface FormatDescription {
  readonly fourcc: FourCC;
  /** Human-readable: `Motion-JPEG`. */
  readonly description: string;
  /** A compressed format, such as MJPG. */
  readonly compressed: boolean;
  /** Converted by software, not by the camera. */
  readonly emulated: boolean;
  /** In the driver's order; empty if it does not report them. */
  readonly sizes: readonly FrameSize[];
}

/** @param bufferType one of `BufferType` */
export function describeFormats(file: DeviceFile, bufferType: number): FormatDescription[] {
  const formats = enumerate(
    file,
    ENUM_FMT,
    (index) => ({ index, type: bufferType }),
    ({ pixelformat, description, flags }) => ({ pixelformat, description, flags }),
  );
  return formats.map(({ pixelformat, description, flags }) => ({
    fourcc: fourccFromCode(pixelformat),
    description,
    compressed: (flags & FormatFlag.COMPRESSED) !== 0,
    emulated: (flags & FormatFlag.EMULATED) !== 0,
    sizes: describeSizes(file, pixelformat),
  }));
}

export function describeIntervals(file: DeviceFile, fourcc: FourCC, width: number, height: number): FrameInterval[] {
  const pixel_format = codeFromFourcc(fourcc);
  return enumerate(
    file,
    ENUM_FRAMEINTERVALS,
    (index) => ({ index, pixel_format, width, height }),
    ({ type, anonymous: { discrete, stepwise } }): FrameInterval =>
      type === RangeType.DISCRETE
        ? { type: 'discrete', ...fraction(discrete) }
        : {
            type: type === RangeType.CONTINUOUS ? 'continuous' : 'stepwise',
            min: fraction(stepwise.min),
            max: fraction(stepwise.max),
            step: fraction(stepwise.step),
          },
  );
}

function describeSizes(file: DeviceFile, pixel_format: number): FrameSize[] {
  const sizes = enumerate(
    file,
    ENUM_FRAMESIZES,
    (index) => ({ index, pixel_format }),
    ({ type, anonymous: { discrete, stepwise } }): FrameSize =>
      type === RangeType.DISCRETE
        ? { type: 'discrete', width: discrete.width, height: discrete.height, intervals: [] }
        : {
            type: type === RangeType.CONTINUOUS ? 'continuous' : 'stepwise',
            minWidth: stepwise.min_width,
            maxWidth: stepwise.max_width,
            stepWidth: stepwise.step_width,
            minHeight: stepwise.min_height,
            maxHeight: stepwise.max_height,
            stepHeight: stepwise.step_height,
          },
  );
  const fourcc = fourccFromCode(pixel_format);
  return sizes.map((size) =>
    size.type === 'discrete' ? { ...size, intervals: describeIntervals(file, fourcc, size.width, size.height) } : size,
  );
}

/**
 * Requests item 0, 1, 2 … until the driver returns EINVAL: no more. The list is empty if the driver does not support the
 * request (ENOTTY, ENODATA). Throws V4l2Error for any other error.
 */
function enumerate<T extends Struct, R>(
  file: DeviceFile,
  request: Request<T>,
  query: (index: number) => Partial<ValueOf<T>>,
  read: (answer: ValueOf<T>) => R,
): R[] {
  const cell = file.allocate(request.type);
  const items: R[] = [];
  for (let index = 0; ; index++) {
    cell.clear();
    Object.assign(cell.fields, query(index));
    const errno = file.attempt(request, cell);
    if (errno === Errno.EINVAL || errno === Errno.ENOTTY || errno === Errno.ENODATA) return items;
    if (errno) throw file.error(errno, request.name);
    items.push(read(cell.fields));
  }
}

const fraction = ({ numerator, denominator }: Fraction): Fraction => ({ numerator, denominator });
