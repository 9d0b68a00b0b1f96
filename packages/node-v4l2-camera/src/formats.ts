import { ENUM_FMT, FormatFlag } from './abi/format.js';
import { ENUM_FRAMEINTERVALS, ENUM_FRAMESIZES, RangeType } from './abi/frame-size.js';
import type { DeviceFile } from './device-file.js';
import { enumerate } from './enumerate.js';
import { codeFromFourcc, type FourCC, fourccFromCode } from './fourcc.js';

/** Seconds, as a fraction: 1/30. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** A time per frame that a camera offers, or a range of them. `continuous` is `stepwise` with every value between. */
export type FrameInterval =
  | { readonly type: 'discrete'; readonly numerator: number; readonly denominator: number }
  | {
      readonly type: 'stepwise' | 'continuous';
      readonly min: Fraction;
      readonly max: Fraction;
      readonly step: Fraction;
    };

/** A frame size in pixels that a camera offers, or a range of them: ask `frameIntervals` about a size within. */
export type FrameSize =
  | {
      readonly type: 'discrete';
      readonly width: number;
      readonly height: number;
      /** In the driver's order; empty when it does not say. */
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

export interface FormatDescription {
  readonly fourcc: FourCC;
  /** For people: `Motion-JPEG`. */
  readonly description: string;
  readonly compressed: boolean;
  /** Made by software, not by the camera. */
  readonly emulated: boolean;
  /** In the driver's order; empty when it does not say. */
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

const fraction = ({ numerator, denominator }: Fraction): Fraction => ({ numerator, denominator });
