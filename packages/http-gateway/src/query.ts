import {
  FramehubError,
  mustBe,
  parseRendition,
  parseSize,
  type Range,
  type Rendition,
  SIZE_ALLOWED,
  type StillSize,
  VIEWER_FPS,
} from '@framehub/frame';
import type { Query } from './target.js';

/** What a viewer asks of a stream. */
export interface StreamOptions {
  readonly rendition: Rendition;
  /** Frames per second, at most. */
  readonly fps: number;
  /** `X-UStreamer-*` headers on every part. */
  readonly extraHeaders: boolean;
  /** The next part's headers right behind a frame, so without `Content-Length`: Chromium paints without delay. */
  readonly advanceHeaders: boolean;
  /** The last frame of a series twice: WebKit shows a frame only when the next one arrives. */
  readonly dualFinalFrames: boolean;
  /** Headers without frames, for measuring. */
  readonly zeroData: boolean;
  /** A name under which a page finds its own stream in /state. */
  readonly key: string | undefined;
}

/** What a client asks of a snapshot. */
export interface SnapshotOptions {
  readonly rendition: Rendition;
  /** Another size than the stream's, or undefined for that. */
  readonly size: StillSize | undefined;
  /** Whether a placeholder may be the answer where there is no frame. */
  readonly allowPlaceholder: boolean;
  /** Milliseconds. 0 asks for a frame taken after the request. */
  readonly maxAge: number;
  /** Milliseconds to wait for such a frame. */
  readonly timeout: number;
}

/** For a camera with a usual frame rate. */
const DEFAULT_MAX_AGE_MS = 500;
const MAX_AGE_LIMIT_MS = 86_400_000;
/** For a frame in another size, for which the camera is started twice. */
const STILL_TIMEOUT_MS = 10_000;
/** The longest that a snapshot may wait for its frame. */
export const MAX_SNAPSHOT_TIMEOUT_MS = 30_000;

/** A parameter of an address: how it is documented, and how it is read. */
export interface Parameter<T = unknown> {
  readonly description: string;
  /** JSON schema. */
  readonly schema: object;
  /** The values that it may have, as a noun phrase. */
  readonly allowed: string;
  /** The value of a text, or undefined if it is not allowed. */
  parse(text: string): T | undefined;
}

/** The parameters of streams besides those of the rendition. */
export const STREAM_PARAMETERS = {
  fps: number(VIEWER_FPS, 'Frames per second, at most.'),
  extra_headers: flag('X-UStreamer-* headers on every part.'),
  advance_headers: flag('The headers of each part right behind the frame before, without Content-Length.'),
  dual_final_frames: flag('Sends the last frame of a series twice.'),
  zero_data: flag('Headers without frames.'),
  // It goes into a cookie.
  key: text(
    /^[\w.-]{1,64}$/,
    'up to 64 letters, digits, dots, dashes and underscores',
    'Name of this viewer for the cookie and /state.',
  ),
};

/** The parameters of snapshots besides those of the rendition. */
export const SNAPSHOT_PARAMETERS = {
  size: {
    description:
      'Another size than the stream has: WIDTHxHEIGHT, or max for the largest. Interrupts the stream for a moment.',
    schema: { type: 'string', pattern: '^(max|\\d{1,5}x\\d{1,5})$', examples: ['max', '1920x1080'] },
    allowed: `max or ${SIZE_ALLOWED}`,
    parse: (value: string): StillSize | undefined => (value === 'max' ? value : parseSize(value)),
  },
  placeholder: flag(
    'Where there is no frame, the placeholder that viewers see, with the header X-Framehub-Placeholder, instead of 503.',
  ),
  max_age: number(
    { min: 0, max: MAX_AGE_LIMIT_MS },
    'Milliseconds that the frame may be old. 0: taken after the request.',
  ),
  timeout: number({ min: 1, max: MAX_SNAPSHOT_TIMEOUT_MS }, 'Milliseconds to wait for the frame.'),
};

/** @throws FramehubError `HTTP_BAD_QUERY`, `RENDITION_INVALID`: key, what is allowed, and the value */
export function readStreamOptions(query: Query): StreamOptions {
  const read = reader(query, STREAM_PARAMETERS);
  return {
    rendition: parseRendition(query),
    fps: read('fps') ?? Number.POSITIVE_INFINITY,
    extraHeaders: read('extra_headers') ?? false,
    advanceHeaders: read('advance_headers') ?? false,
    dualFinalFrames: read('dual_final_frames') ?? false,
    zeroData: read('zero_data') ?? false,
    key: read('key'),
  };
}

/**
 * @param defaultTimeout milliseconds
 * @param interval milliseconds between two frames of the camera, 0 if unknown: the newest frame of a slow camera may be
 *   that old, and the next one may take that long
 * @throws FramehubError `HTTP_BAD_QUERY`, `RENDITION_INVALID`: key, what is allowed, and the value
 */
export function readSnapshotOptions(query: Query, defaultTimeout: number, interval: number): SnapshotOptions {
  const read = reader(query, SNAPSHOT_PARAMETERS);
  const size = read('size');
  const frameTimeout = Math.min(MAX_SNAPSHOT_TIMEOUT_MS, Math.max(defaultTimeout, 2 * interval));
  return {
    rendition: parseRendition(query),
    size,
    allowPlaceholder: read('placeholder') ?? false,
    maxAge: read('max_age') ?? Math.max(DEFAULT_MAX_AGE_MS, 1.5 * interval),
    timeout: read('timeout') ?? (size ? STILL_TIMEOUT_MS : frameTimeout),
  };
}

/** Reads parameters by key: undefined for one that is absent. */
function reader<P extends Readonly<Record<string, Parameter>>>(query: Query, parameters: P) {
  return <K extends keyof P & string>(key: K): ReturnType<P[K]['parse']> | undefined => {
    const value = query[key];
    if (value === undefined) return undefined;
    const { allowed, parse } = parameters[key] as P[K];
    const parsed = parse(value);
    if (parsed === undefined) throw new FramehubError('HTTP_BAD_QUERY', mustBe(key, allowed, value), { key, allowed });
    return parsed as ReturnType<P[K]['parse']>;
  };
}

function number({ min, max }: Range, description: string): Parameter<number> {
  return {
    description,
    schema: { type: 'number', minimum: min, maximum: max },
    allowed: `a number from ${min} to ${max}`,
    parse(value) {
      const parsed = /^\d{1,8}(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
      return parsed >= min && parsed <= max ? parsed : undefined;
    },
  };
}

function flag(description: string): Parameter<boolean> {
  return {
    description,
    schema: { type: 'integer', enum: [0, 1] },
    allowed: '0 or 1',
    parse(value) {
      if (['1', 'true', 'yes', ''].includes(value)) return true;
      return ['0', 'false', 'no'].includes(value) ? false : undefined;
    },
  };
}

function text(pattern: RegExp, allowed: string, description: string): Parameter<string> {
  return {
    description,
    schema: { type: 'string', pattern: pattern.source },
    allowed,
    parse: (value) => (pattern.test(value) ? value : undefined),
  };
}
