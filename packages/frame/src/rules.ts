import { maskedText } from './masking.js';

// What values of settings, options and requests may be: each rule once, with the text that states it.

/** A range of numbers, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** JPEG quality. */
export const QUALITY: Range = { min: 1, max: 100 };
/** Pixels of a finished frame, across. */
export const WIDTH: Range = { min: 16, max: 8192 };
/** Frames per second that a camera is asked for: above 0, up to this. */
export const MAX_CAMERA_FPS = 240;
/** Frames per second that a viewer may ask for. */
export const VIEWER_FPS: Range = { min: 0.1, max: 1000 };

/** Whether a value is a whole number within a range. */
export function isWhole(value: unknown, { min, max }: Range): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** The text of a range: `a whole number from 1 to 100`. */
export function wholeNumberFrom({ min, max }: Range): string {
  return `a whole number from ${min} to ${max}`;
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The text of what {@link parseSize} accepts. */
export const SIZE_ALLOWED = `WIDTHxHEIGHT such as 1280x720, each from ${WIDTH.min} to ${WIDTH.max}`;

/** The size that `1280x720` names, or undefined for any other text and for sizes out of range. */
export function parseSize(text: string): Size | undefined {
  const [, width = 0, height = 0] = /^(\d{1,5})x(\d{1,5})$/i.exec(text)?.map(Number) ?? [];
  return isWhole(width, WIDTH) && isWhole(height, WIDTH) ? { width, height } : undefined;
}

/** The inverse of {@link parseSize}. */
export function formatSize({ width, height }: Size): string {
  return `${width}x${height}`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The text of what {@link parseDuration} accepts. */
export const DURATION_ALLOWED = 'a time with its unit (ms, s, m, h, d), such as 500ms, 10s or 2m';

/** Milliseconds of `500ms`, `10s`, `1.5m`, `2h`, `1d`, or undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (UNITS[unit] as number));
}

/** The text of what {@link isHostName} accepts. */
export const HOST_NAME_ALLOWED =
  'a host name such as camera.example.com, without port; .example.com means it and all names below it';

/** Whether a text is a host name, or a domain with a dot in front. */
export function isHostName(text: string): boolean {
  return /^\.?[\w-]+(\.[\w-]+)*$/.test(text);
}

/**
 * Whether a name is a property of every object: `constructor`, `toString`, `__proto__` … A value stored under such a key
 * could be lost or confused.
 */
export function isReservedName(name: string): boolean {
  return name in Object.prototype;
}

/**
 * Parses JSON of a client. The key `__proto__` is refused, because code that copies or checks an object drops it silently.
 *
 * @throws SyntaxError
 */
export function strictJson(text: string): unknown {
  return JSON.parse(text, (key: string, value: unknown) => {
    if (key === '__proto__') throw new SyntaxError('the key __proto__ is not allowed');
    return value;
  });
}

const MAX_SHOWN_CHARACTERS = 60;

/**
 * A value as one short line, for messages: without control characters and without secrets of a URL, cut if it is long,
 * `''` if it is empty.
 */
export function shownValue(value: unknown): string {
  // JSON has no NaN and no Infinity.
  const isPlain = typeof value === 'string' || typeof value === 'number';
  const text = isPlain ? String(value) : (JSON.stringify(value, bigints) ?? String(value));
  const line = maskedText(text).replace(/[\s\p{C}]+/gu, ' ');
  if (line === '') return "''";
  return line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line;
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/**
 * The message for a value that is not allowed: `rotate must be 0, 90, 180 or 270, not 45`.
 *
 * @param what the key or option
 * @param allowed what it may be, as a noun or a list
 */
export function mustBe(what: string, allowed: string, value: unknown): string {
  return `${what} must be ${allowed}, not ${shownValue(value)}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function listOf(values: readonly (string | number)[]): string {
  const last = values.at(-1);
  return values.length < 2 ? String(last ?? '') : `${values.slice(0, -1).join(', ')} or ${last}`;
}
