import {
  canonicalFourCC,
  formatSize,
  HOST_NAME_ALLOWED,
  isAddressRange,
  isHostName,
  isReadable,
  isReservedName,
  listOf,
  parseDuration,
  parseSize,
  type Range,
  READABLE_FOURCCS,
  SIZE_ALLOWED,
  type Size,
  wholeNumberFrom,
} from '@framehub/frame';
import { z } from 'zod';

/**
 * The zod form of each rule for options, settings and requests. The message of an issue is what is allowed, as a noun
 * phrase: `a whole number from 1 to 100`. `safeParseWith` puts the key in front and the value behind.
 */

/** A whole number in a range. */
export function wholeNumber(range: Range, allowed = wholeNumberFrom(range)) {
  const error = allowed;
  return z.int({ error }).min(range.min, { error }).max(range.max, { error });
}

/** A number above 0, up to a maximum. */
export function positiveNumber(max: number) {
  const error = `a number above 0, up to ${max}`;
  return z.number({ error }).positive({ error }).max(max, { error });
}

/** One of some values. */
export function oneOf<const T extends readonly (string | number | boolean)[]>(values: T) {
  return z.literal(values, { error: listOf(values.map(String)) });
}

/** A text that is not empty. @param allowed what it is: `the path of a file` */
export function text(allowed = 'a text', maxLength = 65_535) {
  return z.string({ error: allowed }).min(1, { error: allowed }).max(maxLength, { error: allowed });
}

/** A text of a pattern. */
export function textLike(pattern: RegExp, allowed: string) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed });
}

/** `true` or `false`. */
export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** The path of a file. */
export function filePath() {
  return text('the path of a file');
}

/** A TCP port; 0 takes any that is free. */
export function port() {
  return wholeNumber({ min: 0, max: 65_535 });
}

/** A host name, or a domain with a dot in front. In lower case. */
export function hostName() {
  return z
    .string({ error: HOST_NAME_ALLOWED })
    .refine(isHostName, { error: HOST_NAME_ALLOWED })
    .transform((name) => name.toLowerCase());
}

/** An IP address or a network in CIDR notation. */
export function addressRange() {
  const error = 'an address such as 127.0.0.1, or a network such as 10.0.0.0/8';
  return z.string({ error }).refine(isAddressRange, { error });
}

/**
 * A time with its unit, within limits in milliseconds. Its output is milliseconds.
 *
 * @param words texts that are allowed too, and stay as they are: `never`
 */
export function duration<W extends string = never>({ min, max }: Range, ...words: readonly W[]) {
  const range = `a time with its unit from ${formatDuration(min)} to ${formatDuration(max)}, such as 500ms, 10s or 2m`;
  const error = [range, ...words].join(', or ');
  return z.string({ error }).transform((value, context): number | W => {
    if (words.includes(value as W)) return value as W;
    const ms = parseDuration(value);
    return ms !== undefined && ms >= min && ms <= max ? ms : refuse(context, error);
  });
}

/** The inverse of `parseDuration`: `500ms`, `90s`, `2h`. */
export function formatDuration(ms: number): string {
  const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };
  const [unit, length] = Object.entries(units).find(([, divisor]) => ms > 0 && ms % divisor === 0) ?? ['ms', 1];
  return `${ms / length}${unit}`;
}

/** `1280x720`, or an object with `width` and `height`. Its output is the object. */
export function size() {
  const error = SIZE_ALLOWED;
  const read = (value: string, context: z.RefinementCtx): Size => parseSize(value) ?? refuse(context, error);
  const side = z.int({ error: 'a whole number' });
  return z.union(
    [
      z.string({ error }).transform(read),
      z.strictObject({ width: side, height: side }).transform((value, context) => read(formatSize(value), context)),
    ],
    { error },
  );
}

/** The FourCC of a pixel format that framehub can read, or one of its other names. Its output is V4L2's FourCC. */
export function pixelFormat() {
  const error = `one of ${READABLE_FOURCCS.map((fourcc) => fourcc.trimEnd()).join(', ')}, YUY2`;
  return z.string({ error }).transform((value, context) => {
    const fourcc = canonicalFourCC(value);
    return isReadable(fourcc) ? fourcc : refuse(context, error);
  });
}

/** A name that a user chooses as a key. Names that every JavaScript object has are refused. */
export function chosenName(pattern: RegExp, allowed: string) {
  return z
    .string({ error: allowed })
    .regex(pattern, { error: allowed, abort: true })
    .refine((name) => !isReservedName(name), {
      error: `${allowed}, except the names that every JavaScript object has (constructor, toString …)`,
    });
}

/** Within a transform: refuses the value. */
export function refuse(context: z.RefinementCtx, allowed: string): never {
  context.addIssue({ code: 'custom', message: allowed });
  return z.NEVER;
}

/**
 * Within `superRefine`: reports what is wrong between several keys, as a sentence of its own: `url and embedded exclude
 * each other`.
 */
export function report(context: z.RefinementCtx, path: readonly PropertyKey[], sentence: string): void {
  context.addIssue({ code: 'custom', path: [...path], message: sentence, params: { isSentence: true } });
}
