import { availableParallelism } from 'node:os';
import { FramehubError, type Logger, silentLogger } from '@framehub/frame';
import type { Subsampling } from './messages.js';

export interface EncoderOptions {
  /**
   * `auto` takes libjpeg-turbo where it is found, and jpeg-js elsewhere.
   * @default 'auto'
   */
  readonly codec?: 'auto' | 'turbo' | 'portable' | undefined;
  /**
   * Path of a libturbojpeg 3 to try before npm's and the system's.
   * @default none
   */
  readonly library?: string | undefined;
  /**
   * Threads that encode, and frames that are encoded at a time, over all renditions: as many as this when fewer do not
   * keep up; 1 to 64.
   * @default one per core, at most 4
   */
  readonly threads?: number | undefined;
  /**
   * JPEG quality where a rendition asks for none, 1 to 100.
   * @default 80
   */
  readonly quality?: number | undefined;
  /**
   * Chroma sampling of what is encoded: 4:2:0 for raw formats and a JPEG's own, or one for all. GREY stays grey, what
   * is passed through or turned without loss keeps its own, and jpeg-js writes 4:4:4 whatever is asked.
   * @default 'auto'
   */
  readonly subsampling?: Subsampling | undefined;
  /**
   * Milliseconds that one frame may take on its thread, 100 to 600000. One that takes longer is dropped as `time-limit`,
   * and its source gets no other turn until the thread is done with it.
   * @default 10000
   */
  readonly timeLimit?: number | undefined;
  /** @default none is written */
  readonly logger?: Logger | undefined;
}

/** Options with their defaults filled in. */
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
const MAX_THREADS = 64;
const MIN_TIME_LIMIT = 100;
const MAX_TIME_LIMIT = 600_000;

/** Throws `ENCODER_INVALID_OPTION`, naming the key, the value and what is allowed. */
export function settingsFrom(options: EncoderOptions): Settings {
  const { codec = 'auto', library, quality = 80, subsampling = 'auto' } = options;
  const { timeLimit = 10_000, logger = silentLogger } = options;
  const { threads = Math.min(4, availableParallelism()) } = options;
  demand('codec', codec, CODECS.includes(codec), CODECS.join(', '));
  demand('library', library, library === undefined || library !== '', 'the path of a libturbojpeg');
  demand('threads', threads, isWhole(threads, MAX_THREADS), `a whole number from 1 to ${MAX_THREADS}`);
  demand('quality', quality, isWhole(quality, 100), 'a whole number from 1 to 100');
  demand('subsampling', subsampling, SUBSAMPLINGS.includes(subsampling), SUBSAMPLINGS.join(', '));
  demand(
    'timeLimit',
    timeLimit,
    isWhole(timeLimit, MAX_TIME_LIMIT) && timeLimit >= MIN_TIME_LIMIT,
    `a whole number from ${MIN_TIME_LIMIT} to ${MAX_TIME_LIMIT}`,
  );
  return { codec, library, threads, quality, subsampling, timeLimit, logger };
}

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

function demand(key: string, value: unknown, holds: boolean, allowed: string): void {
  if (holds) return;
  throw new FramehubError(
    'ENCODER_INVALID_OPTION',
    `encoder option ${key}: ${value} is not possible: allowed is ${allowed}`,
    {
      key,
      value,
      allowed,
    },
  );
}
