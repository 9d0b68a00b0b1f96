import { canonicalFourCC, type FourCC, FramehubError, isJpeg, MAX_PIXELS, READABLE_FOURCCS } from '@framehub/frame';
import type { FormatDescription, Fraction, FrameInterval, FrameSize } from 'node-v4l2-camera';

/** Width and height of a frame, pixels. */
export interface Size {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** The format that a camera is asked for. Absent: the camera's best. */
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
  /** Seconds per frame, to be set; undefined if the driver lists none and none was requested. */
  readonly interval: Fraction | undefined;
  /** Frames a second, from `interval`. */
  readonly fps: number | undefined;
  /** Differences from the request, human-readable. */
  readonly notes: readonly string[];
}

export type OfferedFormat = Pick<FormatDescription, 'fourcc' | 'sizes'>;
/** Rates for a size within a range, which descriptions of formats leave out. */
export type IntervalsOf = (fourcc: FourCC, size: Size) => readonly FrameInterval[];

/**
 * Chooses among what a camera has: the requested format or the best that framehub reads, the requested size or the next
 * smaller one, and the lowest frame rate that is high enough.
 *
 * @param intervalsOf called for sizes within a range only
 * @throws `CAPTURE_FORMAT_UNREADABLE`
 */
export function negotiate(
  formats: readonly OfferedFormat[],
  request: FormatRequest,
  intervalsOf: IntervalsOf = () => [],
): NegotiatedFormat {
  const notes: string[] = [];
  const format = chooseFormat(formats, request.fourcc, notes);
  const { size, intervals } = chooseSize(format, request.size, notes);
  const interval = chooseInterval(intervals ?? intervalsOf(format.fourcc, size), request.fps, notes);
  return { fourcc: format.fourcc, size, interval, fps: interval && rateOf(interval), notes };
}

/** The format that a camera sends complete JPEGs in, if there is one. */
export function jpegOf(formats: readonly OfferedFormat[]): FourCC | undefined {
  return READABLE_FOURCCS.find((fourcc) => isJpeg(fourcc) && formats.some((format) => format.fourcc === fourcc));
}

function chooseFormat(
  formats: readonly OfferedFormat[],
  requested: FourCC | undefined,
  notes: string[],
): OfferedFormat {
  const readable = READABLE_FOURCCS.flatMap((fourcc) => formats.filter((format) => format.fourcc === fourcc));
  const [best] = readable;
  if (!best) {
    const offered = formats.map(({ fourcc }) => fourcc);
    throw new FramehubError(
      'CAPTURE_FORMAT_UNREADABLE',
      `the camera sends ${offered.join(', ') || 'no format'}; framehub reads ${READABLE_FOURCCS.join(', ')}`,
      { offered, readable: READABLE_FOURCCS },
    );
  }
  if (requested === undefined) return best;
  const found = readable.find(({ fourcc }) => fourcc === canonicalFourCC(requested));
  if (!found) {
    const has = readable.map(({ fourcc }) => fourcc).join(', ');
    notes.push(`the camera has no ${canonicalFourCC(requested).trim()}: ${best.fourcc} is used (it has ${has})`);
  }
  return found ?? best;
}

interface SizeChoice {
  readonly size: Size;
  /** Undefined for a size within a range. */
  readonly intervals: readonly FrameInterval[] | undefined;
}

const areaOf = ({ width, height }: Size): number => width * height;
const textOf = ({ width, height }: Size): string => `${width}x${height}`;

function chooseSize({ fourcc, sizes }: OfferedFormat, requested: Size | undefined, notes: string[]): SizeChoice {
  const within = sizes
    .flatMap((size) => largestWithin(size, requested))
    .filter(({ size }) => areaOf(size) >= 1 && areaOf(size) <= MAX_PIXELS)
    .sort((a, b) => areaOf(b.size) - areaOf(a.size));
  const smallest = sizes.map(smallestOf).sort((a, b) => areaOf(a.size) - areaOf(b.size));
  const choice = within[0] ?? smallest[0];
  // Some drivers list no sizes. They are asked for the requested one, and answer with the nearest they have.
  if (!choice) return { size: requested ?? { width: 1920, height: 1080 }, intervals: undefined };
  if (requested && textOf(requested) !== textOf(choice.size)) {
    const why = within.length > 0 ? 'the next smaller one' : 'its smallest';
    notes.push(`the camera has no ${textOf(requested)} as ${fourcc}: ${why}, ${textOf(choice.size)}, is used`);
  }
  return choice;
}

/** Of a size within a range: pixels of a square of the largest size that frames may have. */
const MAX_SIDE = Math.sqrt(MAX_PIXELS);

/** The largest size that is in neither dimension larger than the requested one, if there is one. */
function largestWithin(size: FrameSize, requested: Size = { width: Infinity, height: Infinity }): SizeChoice[] {
  if (size.type === 'discrete') {
    const fits = size.width <= requested.width && size.height <= requested.height;
    return fits ? [{ size: { width: size.width, height: size.height }, intervals: size.intervals }] : [];
  }
  const width = stepDown(Math.min(requested.width, MAX_SIDE), size.minWidth, size.maxWidth, size.stepWidth);
  const height = stepDown(Math.min(requested.height, MAX_SIDE), size.minHeight, size.maxHeight, size.stepHeight);
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
  requested: number | undefined,
  notes: string[],
): Fraction | undefined {
  const offered = intervals
    .flatMap((interval) => candidatesOf(interval, requested))
    .sort((a, b) => rateOf(a) - rateOf(b));
  const highest = offered.at(-1);
  if (!highest) return requested === undefined ? undefined : fractionOf(requested);
  if (requested === undefined) return highest;
  // 29.97 passes for 30.
  const enough = offered.find((interval) => rateOf(interval) >= requested * 0.999);
  if (!enough)
    notes.push(`the camera gives at most ${rateText(rateOf(highest))} frames a second at this size, not ${requested}`);
  return enough ?? highest;
}

/** The frame intervals of an offer that matter: of a range its shortest and, if it is within, the requested one. */
function candidatesOf(interval: FrameInterval, requested: number | undefined): Fraction[] {
  if (interval.type === 'discrete') {
    const { numerator, denominator } = interval;
    return numerator > 0 && denominator > 0 ? [{ numerator, denominator }] : [];
  }
  const { min, max } = interval;
  const within = requested !== undefined && requested < rateOf(min) && requested > rateOf(max);
  return within ? [fractionOf(requested), min] : [max, min];
}

/** Drivers with a range take the nearest they can. */
function fractionOf(fps: number): Fraction {
  return Number.isInteger(fps)
    ? { numerator: 1, denominator: fps }
    : { numerator: 1000, denominator: Math.round(fps * 1000) };
}
