import { join } from 'node:path';
import { silentLogger } from '@framehub/frame';
import type { ExecutionContext } from 'ava';
import { greyFrames, numberedJpegs, readNumber, temporaryFolder } from '../snapshots.fixture.js';
import { SnapshotStore } from '../store/snapshot-store.js';
import { readStamp } from './read-stamp.fixture.js';
import { placeStamp } from './stamp.js';

export const NOON = Date.parse('2026-11-24T12:00:00.000Z');
export const SIZE = { width: 320, height: 240 };

/** Stores snapshots as a collector does, each at its time. Default: ten seconds apart */
export async function storeAll(
  folder: string,
  jpegs: readonly Buffer[],
  timeOf = (i: number) => NOON + i * 10_000,
): Promise<void> {
  const store = await SnapshotStore.open(folder, Number.POSITIVE_INFINITY, silentLogger);
  const from = store.last?.number ?? 0;
  for (const [i, data] of jpegs.entries())
    await store.add({ data, capturedAt: timeOf(from + i), sequence: from + i, arrivedAt: 0 });
  await store.close();
}

/** Rising numbers. */
export const upTo = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + i);

/** A folder with snapshots that show 1, 2, 3 …, and a place for films. */
export async function folderOfSnapshots(t: ExecutionContext, count = 60) {
  const place = temporaryFolder(t);
  const folder = join(place, 'snapshots');
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
