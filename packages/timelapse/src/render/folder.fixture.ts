import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { greyFrames, numberedJpegs, readNumber, temporaryFolder } from '../pictures.fixture.js';
import { PictureStore } from '../store/picture-store.js';
import { readStamp } from './stamp/read-stamp.fixture.js';
import { placeStamp } from './stamp/stamp.js';

export const NOON = Date.parse('2026-11-24T12:00:00.000Z');
export const SIZE = { width: 320, height: 240 };

/** Stores pictures as a collector does, each at its time: ten seconds apart if not told otherwise. */
export async function storeAll(
  folder: string,
  jpegs: readonly Buffer[],
  timeOf = (i: number) => NOON + i * 10_000,
): Promise<void> {
  const pictures = await PictureStore.open(folder, Number.POSITIVE_INFINITY, silentLogger);
  const from = pictures.last?.number ?? 0;
  for (const [i, data] of jpegs.entries())
    await pictures.add({ data, capturedAt: timeOf(from + i), sequence: from + i, arrivedAt: 0 });
  await pictures.close();
}

/** So many numbers, rising. */
export const upTo = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + i);

/** A folder with pictures that show 1, 2, 3 …, and a place for films. */
export async function folderOfPictures(t: ExecutionContext, count = 60) {
  const place = temporaryFolder(t);
  const folder = join(place, 'pictures');
  await storeAll(folder, numberedJpegs(upTo(count), SIZE));
  return { folder, place, output: join(place, 'film.mp4') };
}

/** What the frames of a film of {@link SIZE} show. */
export function numbersIn(film: string): number[] {
  return greyFrames(film, SIZE.width, SIZE.height).map((frame) => readNumber(frame, SIZE.width, SIZE.height));
}

/** The times that are written into the frames of a film of {@link SIZE}. */
export function stampsIn(film: string): string[] {
  const place = placeStamp(SIZE.width, SIZE.height);
  return greyFrames(film, SIZE.width, SIZE.height).map((frame) => readStamp(frame, SIZE.width, place));
}
