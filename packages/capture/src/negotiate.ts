import { canonicalFourCC, type FourCC, FramehubError, isJpeg, MAX_PIXELS, READABLE_FOURCCS } from '@framehub/frame';
import type { FormatDescription, Fraction, FrameInterval, FrameSize } from 'node-v4l2-camera';

export interface Size {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** What somebody would like to have of a camera. */
export interface FormatRequest {
  readonly fourcc?: FourCC;
  readonly size?: Size;
  /** Frames a second. */
  readonly fps?: number;
}

/** What a camera is to be set to. */
export interface NegotiatedFormat {
  readonly fourcc: FourCC;
  readonly size: Size;
  /** Seconds a frame, to be set; undefined when the driver does not say which it has and none was wished for. */
  readonly interval: Fraction | undefined;
  /** Frames a second, from `interval`. */
  readonly fps: number | undefined;
  /** Where this differs from the wish, for people. */
  readonly notes: readonly string[];
}

export type OfferedFormat = Pick<FormatDescription, 'fourcc' | 'sizes'>;
/** Rates for a size within a range, which descriptions of formats leave out. */
export type IntervalsOf = (fourcc: FourCC, size: Size) => readonly FrameInterval[];

/**
 * Chooses among what a camera has: the format wished for or the best that framehub reads, the size wished for or
 * the next smaller one, and the lowest rate that is high enough. Throws `CAPTURE_FORMAT_UNREADABLE`.
 *
 * @param intervalsOf asked for sizes within a range only
 */
export function negotiate(
  formats: readonly OfferedFormat[],
  wish: FormatRequest,
  intervalsOf: IntervalsOf = () => [],
): NegotiatedFormat {
  const notes: string[] = [];
  const format = chooseFormat(formats, wish.fourcc, notes);
  const { size, intervals } = chooseSize(format, wish.size, notes);
  const interval = chooseInterval(intervals ?? intervalsOf(format.fourcc, size), wish.fps, notes);
  return { fourcc: format.fourcc, size, interval, fps: interval && rateOf(interval), notes };
}

/** The format that a camera sends complete JPEGs in, if there is one. */
export function jpegOf(formats: readonly OfferedFormat[]): FourCC | undefined {
  return READABLE_FOURCCS.find((fourcc) => isJpeg(fourcc) && formats.some((format) => format.fourcc === fourcc));
}

function chooseFormat(formats: readonly OfferedFormat[], wish: FourCC | undefined, notes: string[]): OfferedFormat {
  const readable = READABLE_FOURCCS.flatMap((fourcc) => formats.filter((format) => format.fourcc === fourcc));
  const [best] = readable;
  if (!best) {
    const offered = formats.map(({ fourcc }) => fourcc);
    throw new FramehubError(
      'CAPTURE_FORMAT_UNREADABLE',
      `the camera sends ${offered.join(', ') || 'no format at all'}; framehub reads ${READABLE_FOURCCS.join(', ')}`,
      { offered, readable: READABLE_FOURCCS },
    );
  }
  if (wish === undefined) return best;
  const wished = readable.find(({ fourcc }) => fourcc === canonicalFourCC(wish));
  if (!wished) {
    const has = readable.map(({ fourcc }) => fourcc).join(', ');
    notes.push(`the camera has no ${canonicalFourCC(wish).trim()}: ${best.fourcc} is taken (it has ${has})`);
  }
  return wished ?? best;
}

interface SizeChoice {
  readonly size: Size;
  /** Undefined for a size within a range. */
  readonly intervals: readonly FrameInterval[] | undefined;
}

const areaOf = ({ width, height }: Size): number => width * height;
const textOf = ({ width, height }: Size): string => `${width}x${height}`;

function chooseSize({ fourcc, sizes }: OfferedFormat, wish: Size | undefined, notes: string[]): SizeChoice {
  const within = sizes
    .flatMap((size) => largestWithin(size, wish))
    .filter(({ size }) => areaOf(size) >= 1 && areaOf(size) <= MAX_PIXELS)
    .sort((a, b) => areaOf(b.size) - areaOf(a.size));
  const smallest = sizes.map(smallestOf).sort((a, b) => areaOf(a.size) - areaOf(b.size));
  const choice = within[0] ?? smallest[0];
  // Some drivers list no sizes. They are asked for the one wished for, and answer with the nearest they can.
  if (!choice) return { size: wish ?? { width: 1920, height: 1080 }, intervals: undefined };
  if (wish && textOf(wish) !== textOf(choice.size)) {
    const why = within.length > 0 ? 'the next smaller one' : 'its smallest';
    notes.push(`the camera has no ${textOf(wish)} as ${fourcc}: ${why}, ${textOf(choice.size)}, is taken`);
  }
  return choice;
}

/** Of a size within a range: pixels of a square of the largest size that frames may have. */
const MAX_SIDE = Math.sqrt(MAX_PIXELS);

/** The largest size that is in neither dimension larger than the wish, if there is one. */
function largestWithin(size: FrameSize, wish: Size = { width: Infinity, height: Infinity }): SizeChoice[] {
  if (size.type === 'discrete') {
    const fits = size.width <= wish.width && size.height <= wish.height;
    return fits ? [{ size: { width: size.width, height: size.height }, intervals: size.intervals }] : [];
  }
  const width = stepDown(Math.min(wish.width, MAX_SIDE), size.minWidth, size.maxWidth, size.stepWidth);
  const height = stepDown(Math.min(wish.height, MAX_SIDE), size.minHeight, size.maxHeight, size.stepHeight);
  return width === undefined || height === undefined ? [] : [{ size: { width, height }, intervals: undefined }];
}

function smallestOf(size: FrameSize): SizeChoice {
  if (size.type === 'discrete') return { size: { width: size.width, height: size.height }, intervals: size.intervals };
  return { size: { width: size.minWidth, height: size.minHeight }, intervals: undefined };
}

/** The largest of min, min + step … max that is not above `value`. */
function stepDown(value: number, min: number, max: number, step: number): number | undefined {
  if (value < min) return undefined;
  const most = Math.min(value, max);
  return min + Math.floor((most - min) / Math.max(1, step)) * Math.max(1, step);
}

const rateOf = ({ numerator, denominator }: Fraction): number => denominator / numerator;
const rateText = (fps: number): string => String(Number(fps.toFixed(2)));

function chooseInterval(
  intervals: readonly FrameInterval[],
  wish: number | undefined,
  notes: string[],
): Fraction | undefined {
  const offered = intervals.flatMap((interval) => nearWish(interval, wish)).sort((a, b) => rateOf(a) - rateOf(b));
  const highest = offered.at(-1);
  if (!highest) return wish === undefined ? undefined : fractionOf(wish);
  if (wish === undefined) return highest;
  // 29.97 passes for 30.
  const enough = offered.find((interval) => rateOf(interval) >= wish * 0.999);
  if (!enough)
    notes.push(`the camera gives at most ${rateText(rateOf(highest))} frames a second at this size, not ${wish}`);
  return enough ?? highest;
}

/** What an offer comes down to: itself, or of a range its fastest and, if it is within, the wish. */
function nearWish(interval: FrameInterval, wish: number | undefined): Fraction[] {
  if (interval.type === 'discrete') {
    const { numerator, denominator } = interval;
    return numerator > 0 && denominator > 0 ? [{ numerator, denominator }] : [];
  }
  const { min, max } = interval;
  const within = wish !== undefined && wish < rateOf(min) && wish > rateOf(max);
  return within ? [fractionOf(wish), min] : [max, min];
}

/** Drivers with a range take the nearest they can. */
function fractionOf(fps: number): Fraction {
  return Number.isInteger(fps)
    ? { numerator: 1, denominator: fps }
    : { numerator: 1000, denominator: Math.round(fps * 1000) };
}
