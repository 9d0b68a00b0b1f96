import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadable, unwritable } from '../errors.js';
import { type IndexEntry, type IndexText, readIndex } from './index-file.js';
import { isPartial, numberOf } from './names.js';

/** A picture of a folder. */
export interface StoredPicture extends IndexEntry {
  /** The file's name. */
  readonly name: string;
}

/** What is in a folder of pictures. */
export interface FolderContents {
  /** By number, rising. */
  readonly pictures: readonly StoredPicture[];
  /** Those of the pictures that the index does not know: their time is that of the file. */
  readonly unlisted: readonly StoredPicture[];
  readonly index: IndexText;
  /** Files of writes that did not come to their end. */
  readonly partials: readonly string[];
}

/** Reads a folder without changing it. Rejects with `TIMELAPSE_UNREADABLE`. */
export async function readFolder(folder: string): Promise<FolderContents> {
  try {
    const [names, index] = await Promise.all([readdir(folder), readIndex(folder)]);
    const listed = new Map(index.entries.map((entry) => [entry.number, entry]));
    const pictures: StoredPicture[] = [];
    const unlisted: StoredPicture[] = [];
    for (const [number, name] of numbered(names)) {
      const entry = listed.get(number);
      const picture = { ...(entry ?? { number, ...(await timeOf(join(folder, name))) }), name };
      pictures.push(picture);
      if (!entry) unlisted.push(picture);
    }
    return { pictures, unlisted, index, partials: names.filter(isPartial) };
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** The bytes of a picture. Rejects with `TIMELAPSE_UNREADABLE`. */
export async function readPicture(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw unreadable(join(folder, name), error);
  }
}

/** Removes what a crash left behind. */
export async function removePartials(folder: string, { partials }: FolderContents): Promise<void> {
  for (const name of partials) await removeFile(join(folder, name));
}

function numbered(names: readonly string[]): [number, string][] {
  const found = new Map<number, string>();
  for (const name of names) {
    const number = numberOf(name);
    if (number !== undefined) found.set(number, name);
  }
  return [...found].sort(([a], [b]) => a - b);
}

async function timeOf(file: string): Promise<Pick<IndexEntry, 'capturedAt' | 'sequence'>> {
  return { capturedAt: Math.round((await stat(file)).mtimeMs), sequence: undefined };
}

/** Removes a file that may be gone already. Rejects with `TIMELAPSE_UNWRITABLE`. */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}
