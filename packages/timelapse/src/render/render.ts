import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FramehubError, type Size, silentLogger } from '@framehub/frame';
import { unwritable } from '../errors.js';
import { makeAviFilm } from './avi.js';
import { chooseProgram } from './ffmpeg.js';
import { makeFilm } from './film.js';
import { type RenderOptions, readRenderOptions } from './options.js';
import { SnapshotReader, type WholeSnapshot } from './snapshot-reader.js';

/** A film that was made. */
export interface RenderResult {
  /** Its path: without ffmpeg, an `.avi` beside the requested one. */
  readonly file: string;
  /** Number of frames. */
  readonly frames: number;
  /** Number of snapshots left out because they are broken, were deleted, or have a size that the format does not allow. */
  readonly skipped: number;
  /** Length in seconds. */
  readonly seconds: number;
}

/**
 * Makes a film of a folder's snapshots. The film gets its name when it is complete; if it fails, an earlier film of this
 * name is unchanged. Without ffmpeg, an AVI is made instead, with a warning in the log.
 *
 * @throws `TIMELAPSE_INVALID_OPTION`, `TIMELAPSE_NO_FRAMES`, `TIMELAPSE_FILE_EXISTS`, `TIMELAPSE_UNREADABLE`,
 *   `TIMELAPSE_UNWRITABLE`, `TIMELAPSE_DISK_FULL`, `TIMELAPSE_FFMPEG_FAILED`, `TIMELAPSE_FILM_TOO_LARGE`, or
 *   `TIMELAPSE_INTERRUPTED` when the signal aborts
 * @example
 * const { file, frames } = await render({ folder: 'garage', output: 'garage.mp4', fps: 25, stamp: true });
 */
export async function render(options: RenderOptions): Promise<RenderResult> {
  const { logger = silentLogger, onProgress = () => {}, signal = new AbortController().signal } = options;
  const plan = readRenderOptions(options);
  const { frameRate, overwrite } = plan;
  const { program, output } = await chooseProgram(plan, logger);
  refuseExisting(output, overwrite);
  const reader = await SnapshotReader.open(plan, logger);
  const { first, snapshots } = await reader.read();
  const path = join(dirname(output), `.${basename(output)}.${randomBytes(4).toString('hex')}.part`);
  const progress = (frames: number) => onProgress({ frames, total: reader.total });
  const common = { ...plan, path, output, progress, signal };
  try {
    const frames = program
      ? await makeFilm(snapshots, { ...common, program, ...filmSize(first, plan.width) })
      : await makeAviFilm(snapshots, { ...common, ...sizeOf(first), skip: (...why) => reader.skip(...why) });
    signal.throwIfAborted();
    refuseExisting(output, overwrite);
    await publish(path, output);
    return { file: output, frames, skipped: reader.skipped, seconds: (frames * frameRate.scale) / frameRate.rate };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw interrupted(output, error);
  } finally {
    await rm(path, { force: true });
  }
}

function interrupted(output: string, cause: unknown): FramehubError {
  const message = `${output} was not made: rendering was stopped`;
  return new FramehubError('TIMELAPSE_INTERRUPTED', message, { output }, { cause });
}

function refuseExisting(output: string, overwrite: boolean): void {
  if (overwrite || !existsSync(output)) return;
  const message = `${output} exists already: choose another name, or --overwrite`;
  throw new FramehubError('TIMELAPSE_FILE_EXISTS', message, { output });
}

/** Renames a complete film once it is on the disk. */
async function publish(path: string, output: string): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(path, output);
  } catch (error) {
    throw unwritable(output, error);
  }
}

function sizeOf({ info: { width, height } }: WholeSnapshot): Size {
  return { width, height };
}

/** Even, since chroma has half the size; the shape is kept. */
function filmSize({ info }: WholeSnapshot, width = info.width): Size {
  const even = (size: number) => Math.max(2, 2 * Math.floor(size / 2));
  return { width: even(width), height: even(Math.round((info.height * width) / info.width)) };
}
