import { extname } from 'node:path';
import { badOption } from '../errors.js';
import { type FrameRate, frameRateOf } from './frame-rate.js';

/** What film to make of which pictures. */
export interface RenderOptions {
  /** Folder with numbered pictures, as `collect` makes it. */
  readonly folder: string;
  /** The film: `.mp4`, `.mov` or `.mkv` by ffmpeg, `.avi` without it. */
  readonly output: string;
  /** Pictures a second, 0.1 to 240. @default 25 */
  readonly fps?: number | undefined;
  /** Writes the local time of capture into each picture. Needs ffmpeg. */
  readonly stamp?: boolean | undefined;
  /** Evens out brightness from picture to picture. Needs ffmpeg. */
  readonly deflicker?: boolean | undefined;
  /** Pixels, made even. @default that of the first picture. Needs ffmpeg. */
  readonly width?: number | undefined;
  /** Pictures taken from then on: `2026-11-24`, `2026-11-24T18:00`, with a zone or in local time. */
  readonly from?: string | undefined;
  /** Pictures taken up to then; a day is meant with its evening. */
  readonly to?: string | undefined;
  /** Replaces a film that is there. */
  readonly overwrite?: boolean | undefined;
  /** The program. @default the one that is found */
  readonly ffmpeg?: string | undefined;
}

/** What the options mean. */
export interface RenderPlan {
  readonly folder: string;
  readonly output: string;
  /** ffmpeg's name of the kind of file; `own`: an AVI that is written here. */
  readonly container: 'mp4' | 'mov' | 'matroska' | 'own';
  readonly frameRate: FrameRate;
  readonly stamp: boolean;
  readonly deflicker: boolean;
  readonly width: number | undefined;
  /** Unix milliseconds. */
  readonly from: number;
  /** Unix milliseconds. */
  readonly to: number;
  readonly overwrite: boolean;
  readonly ffmpeg: string | undefined;
}

const CONTAINERS: Readonly<Record<string, RenderPlan['container']>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.mkv': 'matroska',
  '.avi': 'own',
};

/** @throws `TIMELAPSE_INVALID_OPTION` */
export function readRenderOptions(options: RenderOptions): RenderPlan {
  const { folder, output, fps = 25, stamp = false, deflicker = false, width, overwrite = false, ffmpeg } = options;
  const container = CONTAINERS[extname(output).toLowerCase()];
  if (container === undefined)
    throw badOption('output', output, `a file that ends with ${Object.keys(CONTAINERS).join(', ')}`);
  if (!(fps >= 0.1 && fps <= 240)) throw badOption('fps', fps, 'a number from 0.1 to 240');
  if (width !== undefined && !(Number.isInteger(width) && width >= 16 && width <= 8192))
    throw badOption('width', width, 'a whole number from 16 to 8192');
  const from = readTime('from', options.from, 'T00:00') ?? Number.NEGATIVE_INFINITY;
  const to = readTime('to', options.to, 'T23:59:59.999') ?? Number.POSITIVE_INFINITY;
  const frameRate = frameRateOf(fps);
  return { folder, output, container, frameRate, stamp, deflicker, width, from, to, overwrite, ffmpeg };
}

/** A day without a time would be one of Greenwich, by the rules of Date. */
function readTime(name: string, text: string | undefined, ofDay: string): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text + ofDay : text);
  if (Number.isNaN(time)) throw badOption(name, text, 'a time such as 2026-11-24 or 2026-11-24T18:00');
  return time;
}
