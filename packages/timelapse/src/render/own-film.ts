import { AviWriter } from '../avi/avi-writer.js';
import type { FrameRate } from './frame-rate.js';
import type { PictureReader, WholePicture } from './pictures.js';

export interface OwnFilmOptions {
  readonly path: string;
  /** Pixels of the first picture; others are left out. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly frameRate: FrameRate;
  readonly progress: (frames: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Puts the pictures as they are into an AVI film, and returns its number of frames. Rejects with
 * `TIMELAPSE_FILM_TOO_LARGE`, `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE` or `TIMELAPSE_UNREADABLE`.
 */
export async function makeOwnFilm(
  pictures: AsyncIterable<WholePicture>,
  skip: PictureReader['skip'],
  { path, width, height, frameRate, progress, signal }: OwnFilmOptions,
): Promise<number> {
  const writer = await AviWriter.create(path, { width, height, ...frameRate });
  try {
    for await (const { stored, data, info } of pictures) {
      if (signal.aborted) break;
      // Players take the size of the first for that of all.
      if (info.width === width && info.height === height) await writer.add(data);
      else skip(stored, `it has ${info.width}x${info.height} pixels, and the first one ${width}x${height}`);
      progress(writer.frames);
    }
    await writer.finish();
    return writer.frames;
  } finally {
    await writer.close();
  }
}
