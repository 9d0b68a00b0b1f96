import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadable } from '../errors.js';
import { isPartial, numberOf } from './files.js';
import { type IndexContents, type IndexEntry, readIndex } from './index-file.js';

/** A snapshot in a folder. */
export interface StoredSnapshot extends IndexEntry {
  /** The file's name. */
  readonly name: string;
}

/** What is in a folder of snapshots. */
export interface FolderContents {
  /** By number, rising. */
  readonly snapshots: readonly StoredSnapshot[];
  /** The snapshots that have no line in the index: their time is the file's. */
  readonly unlisted: readonly StoredSnapshot[];
  readonly index: IndexContents;
  /** Names of files that were not written to their end. */
  readonly partials: readonly string[];
}

/** Reads a folder without changing it. @throws `TIMELAPSE_UNREADABLE` */
export async function readFolder(folder: string): Promise<FolderContents> {
  try {
    const [names, index] = await Promise.all([readdir(folder), readIndex(folder)]);
    const listed = new Map(index.entries.map((entry) => [entry.number, entry]));
    const snapshots: StoredSnapshot[] = [];
    const unlisted: StoredSnapshot[] = [];
    for (const [number, name] of numbered(names)) {
      const entry = listed.get(number);
      const snapshot = { ...(entry ?? (await entryOf(number, join(folder, name)))), name };
      snapshots.push(snapshot);
      if (!entry) unlisted.push(snapshot);
    }
    return { snapshots, unlisted, index, partials: names.filter(isPartial) };
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function numbered(names: readonly string[]): [number, string][] {
  const found = new Map<number, string>();
  for (const name of names) {
    const number = numberOf(name);
    if (number !== undefined) found.set(number, name);
  }
  return [...found].sort(([a], [b]) => a - b);
}

async function entryOf(number: number, file: string): Promise<IndexEntry> {
  return { number, capturedAt: Math.round((await stat(file)).mtimeMs), sequence: undefined };
}
