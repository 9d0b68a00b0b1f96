import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { WholePicture } from '../pictures.js';
import { drawStamp } from '../stamp/stamp.js';
import { evenerArguments, type FilmShape, makerArguments } from './arguments.js';
import { explainFailure } from './explain.js';
import { FfmpegRun } from './program.js';

export interface FilmOptions extends FilmShape {
  /** ffmpeg. */
  readonly program: string;
  /** Where the film is written. */
  readonly path: string;
  /** Where it goes then, for messages. */
  readonly output: string;
  /** Called with the number of frames that are done. */
  readonly progress: (frames: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes a film with ffmpeg, and returns its number of frames. Rejects with `TIMELAPSE_FFMPEG_FAILED`,
 * `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNREADABLE`; a part of the film may be left then.
 *
 * Two of them work hand in hand: one makes pictures of one size, the other the film. A single one would start its
 * filters anew when the size changes, and lose the frames that they hold.
 */
export async function makeFilm(pictures: AsyncIterable<WholePicture>, options: FilmOptions): Promise<number> {
  const { program, stamp, path, output, signal } = options;
  const evener = new FfmpegRun(program, evenerArguments(options));
  const maker = new FfmpegRun(program, makerArguments(options, path), stamp);
  const kill = () => {
    evener.kill();
    maker.kill();
  };
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  // When it fails, one of the two has ended, which tells why.
  const joined = pipeline(evener.output, maker.input).catch(() => {});
  const counted = countFrames(maker, options.progress);
  try {
    await feed(pictures, evener.input, maker.extraInput);
  } catch (error) {
    kill();
    throw error;
  } finally {
    await Promise.all([evener.ended, maker.ended, joined]);
    signal.removeEventListener('abort', kill);
  }
  const failure = explainFailure(output, [await evener.ended, await maker.ended]);
  if (failure) throw failure;
  return counted;
}

async function feed(
  pictures: AsyncIterable<WholePicture>,
  evener: Writable,
  stamps: Writable | undefined,
): Promise<void> {
  for await (const { data, stored } of pictures) {
    // Not waited for: the film's maker may want pictures first. There are no more of them than pictures on their way.
    stamps?.write(drawStamp(stored.capturedAt));
    if (!(await offer(evener, data))) break;
  }
  evener.end();
  stamps?.end();
}

/** Resolves when the bytes are taken, with false when nobody will. */
function offer(input: Writable, data: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    input.write(data, (error) => resolve(!error));
  });
}

/** Resolves with the number of frames at the end. */
async function countFrames(maker: FfmpegRun, progress: (frames: number) => void): Promise<number> {
  let frames = 0;
  for await (const line of createInterface({ input: maker.output })) {
    const [, count] = /^frame=\s*(\d+)/.exec(line) ?? [];
    if (count === undefined) continue;
    frames = Number(count);
    progress(frames);
  }
  return frames;
}
