import { FramehubError } from './errors.js';
import { isWhole, listOf, mustBe, QUALITY, type Range, shownValue, WIDTH, wholeNumberFrom } from './rules.js';

export const ROTATIONS = [0, 90, 180, 270] as const;
/** Degrees clockwise. */
export type Rotation = (typeof ROTATIONS)[number];

export const FLIPS = ['none', 'horizontal', 'vertical', 'both'] as const;
export type Flip = (typeof FLIPS)[number];

/**
 * What a viewer wants done to a camera's picture. Absent means: as the camera gives it.
 * The picture is flipped first and rotated after, then scaled: `width` is that of the finished picture.
 */
export interface Rendition {
  readonly rotate?: Rotation;
  readonly flip?: Flip;
  /** Pixels; never enlarges: a width above the picture's own leaves the size alone. */
  readonly width?: number;
  /** JPEG quality, 1 to 100. Asking for one means encoding anew, for a camera that sends JPEG too. */
  readonly quality?: number;
}

/** True when nothing is asked for, so that a JPEG can pass as it is. */
export function isIdentity(rendition: Rendition): boolean {
  return renditionQuery(rendition) === '';
}

/** A camera's own setting with a viewer's on top: rotations add up, flips cancel out, the rest is the viewer's if given. */
export function composeRenditions(base: Rendition, over: Rendition): Rendition {
  // A flip before a rotation equals another flip after it: bring `over.flip` to the front of `base.rotate`.
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

/** Leaves out what asks for nothing; two flips are half a turn. Equal pictures get equal renditions. */
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

/** The one spelling of a rendition, as a query: `rotate=90&width=640`; empty when nothing is asked for. */
export function renditionQuery(rendition: Rendition): string {
  const { rotate, flip, width, quality } = normalized(rendition);
  const parts = { rotate, flip, width, quality };
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** The topic on which a rendition of a camera is published: `garage/jpeg?rotate=90`. */
export function jpegTopic(camera: string, rendition: Rendition): string {
  const query = renditionQuery(rendition);
  return query ? `${camera}/jpeg?${query}` : `${camera}/jpeg`;
}

/** The inverse of {@link jpegTopic}, or undefined for a topic of another kind. */
export function parseJpegTopic(topic: string): { camera: string; rendition: Rendition } | undefined {
  const match = /^([^/?]+)\/jpeg(?:\?(.*))?$/.exec(topic);
  if (!match?.[1]) return undefined;
  return { camera: match[1], rendition: parseRendition(Object.fromEntries(new URLSearchParams(match[2] ?? ''))) };
}

/** Reads a rendition from texts, as in an address. Throws `RENDITION_INVALID`, naming the key, the value and what is allowed. */
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
