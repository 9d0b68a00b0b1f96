import { FramehubError, type Logger, silentLogger } from '@framehub/frame';
import { readFolder } from '../store/folder.js';
import { makeFilm } from './ffmpeg/film.js';
import { type RenderOptions, type RenderPlan, readRenderOptions } from './options.js';
import { OutputFile } from './output-file.js';
import { makeOwnFilm } from './own-film.js';
import { PictureReader, type WholePicture } from './pictures.js';
import { findWay } from './way.js';

/** How rendering goes. */
export interface RenderProgress {
  /** Frames that are done. */
  readonly frames: number;
  /** Pictures there are; some may be left out. */
  readonly total: number;
}

/** A film that was made. */
export interface RenderResult {
  /** Where it is: not where it was wished, when there is no ffmpeg. */
  readonly file: string;
  readonly frames: number;
  /** Pictures left out, because they are broken, gone, or of a size that the format cannot have. */
  readonly skipped: number;
  /** Seconds it lasts. */
  readonly seconds: number;
}

export interface RenderSurroundings {
  readonly logger?: Logger;
  readonly progress?: (progress: RenderProgress) => void;
  /** Ends it, with nothing left behind and `TIMELAPSE_INTERRUPTED`. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a film of a folder's pictures. The film gets its name when it is complete. Rejects with a `TIMELAPSE_…` error;
 * what was there before is unchanged then.
 */
export async function render(
  options: RenderOptions,
  { logger = silentLogger, progress = () => {}, signal = new AbortController().signal }: RenderSurroundings = {},
): Promise<RenderResult> {
  const plan = readRenderOptions(options);
  const { program, output } = await findWay(plan, logger);
  const file = new OutputFile(output, plan.overwrite);
  const reader = await choosePictures(plan, logger);
  const { first, pictures } = await begin(reader, plan.folder);
  const { frameRate } = plan;
  const tell = (frames: number) => progress({ frames, total: reader.total });
  const common = { ...plan, path: file.partial, output, progress: tell, signal };
  try {
    const frames = program
      ? await makeFilm(pictures, { ...common, program, ...filmSize(first, plan.width) })
      : await makeOwnFilm(pictures, (...why) => reader.skip(...why), { ...common, ...sizeOf(first) });
    signal.throwIfAborted();
    await file.publish();
    return { file: output, frames, skipped: reader.skipped, seconds: (frames * frameRate.scale) / frameRate.rate };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new FramehubError('TIMELAPSE_INTERRUPTED', `${output} was not made: it was stopped`, { output });
  } finally {
    await file.discard();
  }
}

async function choosePictures({ folder, from, to }: RenderPlan, logger: Logger): Promise<PictureReader> {
  const { pictures } = await readFolder(folder);
  const chosen = pictures.filter(({ capturedAt }) => capturedAt >= from && capturedAt <= to);
  if (pictures.length === 0) throw noPictures(folder, 'there are no numbered pictures (000001.jpg) in it');
  if (chosen.length === 0)
    throw noPictures(folder, `none of its ${pictures.length} pictures was taken between from and to`);
  return new PictureReader(folder, chosen, logger);
}

/** Looks at the first picture, which says how large the film is; it is among the pictures all the same. */
async function begin(
  reader: PictureReader,
  folder: string,
): Promise<{ first: WholePicture; pictures: AsyncIterable<WholePicture> }> {
  const walk = reader[Symbol.asyncIterator]();
  const first = (await walk.next()).value;
  if (!first) throw noPictures(folder, `none of ${reader.total} pictures is a whole JPEG`);
  const pictures = (async function* () {
    yield first;
    yield* walk;
  })();
  return { first, pictures };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOf({ info: { width, height } }: WholePicture): Size {
  return { width, height };
}

/** Even, since chroma is of half the size; as wide as wished, at the same shape. */
function filmSize({ info }: WholePicture, wished = info.width): Size {
  const even = (size: number) => Math.max(2, 2 * Math.floor(size / 2));
  return { width: even(wished), height: even(Math.round((info.height * wished) / info.width)) };
}

function noPictures(folder: string, why: string): FramehubError {
  return new FramehubError('TIMELAPSE_NO_FRAMES', `no film can be made of ${folder}: ${why}`, { folder });
}
