import { extname } from 'node:path';
import { isWhole, type Logger, listOf, WIDTH, wholeNumberFrom } from '@framehub/frame';
import { invalidOption } from '../errors.js';

/** How far a film is. */
export interface RenderProgress {
  /** Number of frames that are done. */
  readonly frames: number;
  /** Number of snapshots; some may be left out. */
  readonly total: number;
}

/** Which film to make of which snapshots. */
export interface RenderOptions {
  /** Folder with numbered snapshots, as `collect` makes it. It is not changed. */
  readonly folder: string;
  /** The film: `.mp4`, `.m4v`, `.mov` or `.mkv`, which need ffmpeg, or `.avi`. */
  readonly output: string;
  /** Frames per second, 0.1 to 240. @default 25 */
  readonly fps?: number | undefined;
  /** Writes the time of capture, in local time, into each frame. Needs ffmpeg. @default false */
  readonly stamp?: boolean | undefined;
  /** Evens out brightness from frame to frame. Needs ffmpeg. @default false */
  readonly deflicker?: boolean | undefined;
  /** Pixels, 16 to 8192, made even; the height follows. Needs ffmpeg. @default the first snapshot's */
  readonly width?: number | undefined;
  /** Only snapshots from this time on: `2026-11-24`, `2026-11-24T18:00`; local time, or with a zone. @default all */
  readonly from?: string | undefined;
  /** Only snapshots up to this time; a day is meant to its end. @default all */
  readonly to?: string | undefined;
  /** Replaces an existing film. @default false */
  readonly overwrite?: boolean | undefined;
  /** Path of ffmpeg. @default the one in `PATH` */
  readonly ffmpeg?: string | undefined;
  /** @default a logger that discards everything */
  readonly logger?: Logger | undefined;
  /** Called when frames are done. */
  readonly onProgress?: ((progress: RenderProgress) => void) | undefined;
  /** Stops rendering with `TIMELAPSE_INTERRUPTED`; nothing of the film is left. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** Frames per second as a fraction. */
export interface FrameRate {
  readonly rate: number;
  readonly scale: number;
}

/** What the options mean. */
export interface RenderPlan extends Pick<RenderOptions, 'folder' | 'output' | 'width' | 'ffmpeg'> {
  /** ffmpeg's name of the container; `avi`: made without ffmpeg. */
  readonly container: 'mp4' | 'mov' | 'matroska' | 'avi';
  readonly frameRate: FrameRate;
  readonly stamp: boolean;
  readonly deflicker: boolean;
  /** Unix milliseconds. */
  readonly from: number;
  /** Unix milliseconds. */
  readonly to: number;
  readonly overwrite: boolean;
}

const CONTAINERS: Readonly<Record<string, RenderPlan['container']>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.mkv': 'matroska',
  '.avi': 'avi',
};

/** @throws `TIMELAPSE_INVALID_OPTION` */
export function readRenderOptions(options: RenderOptions): RenderPlan {
  const { folder, output, fps = 25, stamp = false, deflicker = false, width, overwrite = false, ffmpeg } = options;
  const container = CONTAINERS[extname(output).toLowerCase()];
  if (container === undefined)
    throw invalidOption('output', `a file that ends with ${listOf(Object.keys(CONTAINERS))}`, output);
  if (!(fps >= 0.1 && fps <= 240)) throw invalidOption('fps', 'a number from 0.1 to 240', fps);
  if (width !== undefined && !isWhole(width, WIDTH)) throw invalidOption('width', wholeNumberFrom(WIDTH), width);
  const from = readTime('from', options.from, 'T00:00') ?? Number.NEGATIVE_INFINITY;
  const to = readTime('to', options.to, 'T23:59:59.999') ?? Number.POSITIVE_INFINITY;
  const frameRate = frameRateOf(fps);
  return { folder, output, container, frameRate, stamp, deflicker, width, from, to, overwrite, ffmpeg };
}

/** @param timeOfDay for a day without a time, which `Date` would read as UTC */
function readTime(name: string, text: string | undefined, timeOfDay: string): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text + timeOfDay : text);
  if (Number.isNaN(time)) throw invalidOption(name, 'a time such as 2026-11-24 or 2026-11-24T18:00', text);
  return time;
}

/** The fraction that a rate means: 29.97 is 30000/1001, as in television; others are exact to a thousandth. */
export function frameRateOf(fps: number): FrameRate {
  if (Number.isInteger(fps)) return { rate: fps, scale: 1 };
  const whole = Math.ceil(fps);
  if (Math.abs((whole * 1000) / 1001 - fps) < 0.005) return { rate: whole * 1000, scale: 1001 };
  return { rate: Math.round(fps * 1000), scale: 1000 };
}
