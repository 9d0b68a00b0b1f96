import {
  FramehubError,
  mustBe,
  parseRendition,
  parseSize,
  type Rendition,
  SIZE_ALLOWED,
  type StillSize,
} from '@framehub/frame';
import type { Query } from './address.js';

/** What a viewer of a stream may wish for; the last five are ustreamer's. */
export interface StreamWishes {
  readonly rendition: Rendition;
  /** Frames a second at most. */
  readonly fps: number;
  /** `X-UStreamer-*` headers on every part. */
  readonly extraHeaders: boolean;
  /** The next part's headers right behind a picture, so without `Content-Length`: Chromium paints without delay. */
  readonly advanceHeaders: boolean;
  /** The last frame of a series twice: WebKit shows a frame only when the next comes. */
  readonly dualFinalFrames: boolean;
  /** Headers without pictures, for measuring. */
  readonly zeroData: boolean;
  /** A name under which a page finds its own stream in /state. */
  readonly key: string | undefined;
}

export interface SnapshotWishes {
  readonly rendition: Rendition;
  /** Another size than the stream's, or undefined for that. */
  readonly size: StillSize | undefined;
  /** Whether a card will do where there is no picture. */
  readonly orCard: boolean;
  /** Milliseconds. 0 asks for a picture taken after the request. */
  readonly maxAge: number;
  /** Milliseconds to wait for such a picture. */
  readonly timeout: number;
}

/** Milliseconds, for a viewer who says nothing about a camera of a usual rate. */
const DEFAULT_MAX_AGE = 500;
/** Milliseconds to wait for a picture of another size, for which the camera is started twice. */
const STILL_TIMEOUT = 10_000;
/** Milliseconds that a snapshot may wait for its frame. */
export const MAX_SNAPSHOT_TIMEOUT = 30_000;

/** @throws FramehubError `HTTP_BAD_QUERY`, `RENDITION_INVALID`: key, value and what is allowed */
export function readStreamWishes(query: Query): StreamWishes {
  return {
    rendition: parseRendition(query),
    fps: numberIn(query, 'fps', { min: 0.1, max: 1000, otherwise: Number.POSITIVE_INFINITY }),
    extraHeaders: flagIn(query, 'extra_headers'),
    advanceHeaders: flagIn(query, 'advance_headers'),
    dualFinalFrames: flagIn(query, 'dual_final_frames'),
    zeroData: flagIn(query, 'zero_data'),
    key: keyIn(query),
  };
}

/**
 * @param interval milliseconds between two frames of the camera, 0 where nobody knows: a slow one's newest picture may be
 *   that old, and the next may take that long
 * @throws FramehubError `HTTP_BAD_QUERY`, `RENDITION_INVALID`: key, value and what is allowed
 */
export function readSnapshotWishes(query: Query, defaultTimeout: number, interval: number): SnapshotWishes {
  const usualAge = Math.max(DEFAULT_MAX_AGE, 1.5 * interval);
  const patience = Math.min(MAX_SNAPSHOT_TIMEOUT, Math.max(defaultTimeout, 2 * interval));
  const size = sizeIn(query);
  return {
    rendition: parseRendition(query),
    size,
    orCard: flagIn(query, 'placeholder'),
    maxAge: numberIn(query, 'max_age', { min: 0, max: 86_400_000, otherwise: usualAge }),
    timeout: numberIn(query, 'timeout', {
      min: 1,
      max: MAX_SNAPSHOT_TIMEOUT,
      otherwise: size ? STILL_TIMEOUT : patience,
    }),
  };
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly otherwise: number;
}

function numberIn(query: Query, key: string, { min, max, otherwise }: Range): number {
  const text = query[key];
  if (text === undefined) return otherwise;
  const number = /^\d{1,8}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw invalid(key, text, `a number from ${min} to ${max}`);
}

function flagIn(query: Query, key: string): boolean {
  const text = query[key];
  if (text === undefined) return false;
  if (['1', 'true', 'yes', ''].includes(text)) return true;
  if (['0', 'false', 'no'].includes(text)) return false;
  throw invalid(key, text, '0 or 1');
}

function sizeIn({ size }: Query): StillSize | undefined {
  if (size === undefined || size === 'max') return size;
  const pixels = parseSize(size);
  if (pixels) return pixels;
  throw invalid('size', size, `max or ${SIZE_ALLOWED}`);
}

function keyIn({ key }: Query): string | undefined {
  if (key === undefined || /^[\w.-]{1,64}$/.test(key)) return key;
  // It goes into a cookie.
  throw invalid('key', key, 'up to 64 letters, digits, dots, dashes and underscores');
}

function invalid(key: string, value: string, allowed: string): FramehubError {
  return new FramehubError('HTTP_BAD_QUERY', mustBe(key, allowed, value), { key, allowed });
}
