import { availableParallelism } from 'node:os';
import {
  FramehubError,
  isWhole,
  type Logger,
  listOf,
  mustBe,
  QUALITY,
  type Range,
  shownValue,
  silentLogger,
  wholeNumberFrom,
} from '@framehub/frame';
import type { Subsampling } from './messages.js';

/** Options of an `Encoder`. */
export interface EncoderOptions {
  /**
   * `auto`: libjpeg-turbo if it is found, else jpeg-js. `turbo` requires libjpeg-turbo, `portable` uses jpeg-js.
   * @default 'auto'
   */
  readonly codec?: 'auto' | 'turbo' | 'portable' | undefined;
  /**
   * Path of a libturbojpeg 3.1 or newer to try before npm's and the system's.
   * @default none
   */
  readonly library?: string | undefined;
  /**
   * Most encoder threads, which is the number of frames encoded at a time over all renditions, 1 to 64. They are started
   * only when fewer cannot keep up.
   * @default one per core, at most 4
   */
  readonly threads?: number | undefined;
  /**
   * JPEG quality of renditions without one, 1 to 100.
   * @default 80
   */
  readonly quality?: number | undefined;
  /**
   * Chroma sampling of what is encoded: `auto` is 4:2:0 for raw formats and a JPEG's own. GREY stays grey, what is passed
   * through or turned without loss keeps its own, and jpeg-js always writes 4:4:4.
   * @default 'auto'
   */
  readonly subsampling?: Subsampling | undefined;
  /**
   * Milliseconds that one frame may take on its thread, 100 to 600000. A frame that takes longer is dropped with the
   * reason `time-limit`, and its source gets no other turn until the thread is done with it.
   * @default 10000
   */
  readonly timeLimit?: number | undefined;
  /** @default a logger that discards everything */
  readonly logger?: Logger | undefined;
}

/** Options with their defaults. */
export interface Settings {
  readonly codec: 'auto' | 'turbo' | 'portable';
  readonly library: string | undefined;
  readonly threads: number;
  readonly quality: number;
  readonly subsampling: Subsampling;
  /** Milliseconds. */
  readonly timeLimit: number;
  readonly logger: Logger;
}

const CODECS = ['auto', 'turbo', 'portable'] as const;
const SUBSAMPLINGS = ['auto', '4:4:4', '4:2:2', '4:2:0'] as const;
const THREADS: Range = { min: 1, max: 64 };
const TIME_LIMIT_MS: Range = { min: 100, max: 600_000 };

/**
 * Checks options and fills in their defaults.
 *
 * @throws FramehubError `ENCODER_INVALID_OPTION`, naming the key, the value and what is allowed
 */
export function settingsFrom(options: EncoderOptions): Settings {
  const { codec = 'auto', library, quality = 80, subsampling = 'auto' } = options;
  const { timeLimit = 10_000, logger = silentLogger } = options;
  const { threads = Math.min(4, availableParallelism()) } = options;
  check('codec', codec, CODECS.includes(codec), listOf(CODECS));
  check('library', library, library !== '', 'the path of a libturbojpeg');
  checkWhole('threads', threads, THREADS);
  checkWhole('quality', quality, QUALITY);
  check('subsampling', subsampling, SUBSAMPLINGS.includes(subsampling), listOf(SUBSAMPLINGS));
  checkWhole('timeLimit', timeLimit, TIME_LIMIT_MS);
  return { codec, library, threads, quality, subsampling, timeLimit, logger };
}

function checkWhole(key: string, value: number, range: Range): void {
  check(key, value, isWhole(value, range), wholeNumberFrom(range));
}

function check(key: string, value: unknown, isValid: boolean, allowed: string): void {
  if (isValid) return;
  const details = { key, value: shownValue(value), allowed };
  throw new FramehubError('ENCODER_INVALID_OPTION', mustBe(`encoder option ${key}`, allowed, value), details);
}
