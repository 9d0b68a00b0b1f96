import { FramehubError } from './errors.js';
import { isWhole, listOf, mustBe, QUALITY, type Range, shownValue, WIDTH, wholeNumberFrom } from './rules.js';

/** Degrees clockwise that a frame may be rotated by. */
export const ROTATIONS = [0, 90, 180, 270] as const;
/** Degrees clockwise. */
export type Rotation = (typeof ROTATIONS)[number];

/** How a frame may be mirrored. */
export const FLIPS = ['none', 'horizontal', 'vertical', 'both'] as const;
/** How a frame is mirrored. */
export type Flip = (typeof FLIPS)[number];

/**
 * What is applied to a camera's frames. Absent: unchanged. A frame is flipped first, then rotated, then scaled: `width` is
 * that of the result.
 */
export interface Rendition {
  readonly rotate?: Rotation;
  readonly flip?: Flip;
  /** Pixels. Never enlarges: a width above the frame's own has no effect. */
  readonly width?: number;
  /** JPEG quality, 1 to 100. If set, frames of a camera that sends JPEG are encoded again, too. */
  readonly quality?: number;
}

/** Whether a rendition changes nothing, so that a JPEG can pass unchanged. */
export function isIdentity(rendition: Rendition): boolean {
  return renditionQuery(rendition) === '';
}

/**
 * Two renditions as one.
 *
 * @param base applied first: the camera's
 * @param over applied to its result: the viewer's. Its width and quality, if set, replace those of `base`
 */
export function composeRenditions(base: Rendition, over: Rendition): Rendition {
  // A flip after a rotation equals another flip before it: move `over.flip` before `base.rotate`.
  const quarter = base.rotate === 90 || base.rotate === 270;
  const bits = flipBits(base.flip) ^ (quarter ? swapped(flipBits(over.flip)) : flipBits(over.flip));
  const rotate = (((base.rotate ?? 0) + (over.rotate ?? 0)) % 360) as Rotation;
  const width = over.width ?? base.width;
  const quality = over.quality ?? base.quality;
  return normalized({
    rotate,
    flip: FLIP_OF_BITS[bits] ?? 'none',
    ...(width !== undefined && { width }),
    ...(quality !== undefined && { quality }),
  });
}

const FLIP_OF_BITS: readonly Flip[] = ['none', 'horizontal', 'vertical', 'both'];
const flipBits = (flip: Flip = 'none'): number => FLIP_OF_BITS.indexOf(flip);
const swapped = (bits: number): number => ((bits & 1) << 1) | (bits >> 1);

/** Removes what changes nothing; two flips are half a turn. Renditions with equal results become equal. */
function normalized(rendition: Rendition): Rendition {
  const both = rendition.flip === 'both';
  const rotate = (((rendition.rotate ?? 0) + (both ? 180 : 0)) % 360) as Rotation;
  const flip = both ? 'none' : (rendition.flip ?? 'none');
  // A vertical flip is a horizontal one and half a turn.
  const turned = flip === 'vertical' ? (((rotate + 180) % 360) as Rotation) : rotate;
  return {
    ...(turned !== 0 && { rotate: turned }),
    ...(flip !== 'none' && { flip: 'horizontal' as const }),
    ...(rendition.width !== undefined && { width: rendition.width }),
    ...(rendition.quality !== undefined && { quality: rendition.quality }),
  };
}

/** A rendition as a query, the same text for equal results: `rotate=90&width=640`; empty if it changes nothing. */
export function renditionQuery(rendition: Rendition): string {
  const { rotate, flip, width, quality } = normalized(rendition);
  const parts = { rotate, flip, width, quality };
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** The topic of a camera's rendition: `garage/jpeg?rotate=90`. */
export function jpegTopic(camera: string, rendition: Rendition): string {
  const query = renditionQuery(rendition);
  return query ? `${camera}/jpeg?${query}` : `${camera}/jpeg`;
}

/**
 * The inverse of {@link jpegTopic}.
 *
 * @returns undefined for any other topic
 * @throws FramehubError `RENDITION_INVALID`
 */
export function parseJpegTopic(topic: string): { camera: string; rendition: Rendition } | undefined {
  const match = /^([^/?]+)\/jpeg(?:\?(.*))?$/.exec(topic);
  if (!match?.[1]) return undefined;
  return { camera: match[1], rendition: parseRendition(Object.fromEntries(new URLSearchParams(match[2] ?? ''))) };
}

/**
 * Parses a rendition from the texts of a query.
 *
 * @throws FramehubError `RENDITION_INVALID`, naming the key, what is allowed and the value
 */
export function parseRendition(query: Readonly<Record<string, string | undefined>>): Rendition {
  return normalized({
    rotate: Number(oneOf('rotate', query.rotate, ROTATIONS.map(String)) ?? 0) as Rotation,
    flip: (oneOf('flip', query.flip, FLIPS) ?? 'none') as Flip,
    ...optional('width', wholeNumber('width', query.width, WIDTH)),
    ...optional('quality', wholeNumber('quality', query.quality, QUALITY)),
  });
}

function optional<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
}

function oneOf(key: string, value: string | undefined, allowed: readonly string[]): string | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw invalid(key, value, listOf(allowed));
}

function wholeNumber(key: string, value: string | undefined, range: Range): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (isWhole(number, range)) return number;
  throw invalid(key, value, wholeNumberFrom(range));
}

function invalid(key: string, value: string, allowed: string): FramehubError {
  const details = { key, value: shownValue(value), allowed };
  return new FramehubError('RENDITION_INVALID', mustBe(key, allowed, value), details);
}
