import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FramehubError, type Logger } from '@framehub/frame';
import { unreadable, unwritable } from '../errors.js';
import type { Snapshot } from '../source.js';
import { fileNameOf, removeFile, writeDurably } from './files.js';
import { type FolderContents, readFolder, type StoredSnapshot } from './folder.js';
import { FolderLock } from './folder-lock.js';
import { INDEX_NAME, type IndexEntry, IndexFile } from './index-file.js';

/** Lines of deleted snapshots that an index may hold before it is rewritten. */
const MAX_OLD_LINES = 1000;
const MAX_RECENT_FRAMES = 256;

interface Parts {
  readonly folder: string;
  readonly keep: number;
  readonly lock: FolderLock;
  readonly index: IndexFile;
  readonly recent: RecentFrames;
}

/** A folder of numbered snapshots that one collector adds to. */
export class SnapshotStore {
  readonly #parts: Parts;
  /** By number, rising. */
  readonly #snapshots: StoredSnapshot[];
  #next: number;
  #lines: number;

  private constructor(parts: Parts, { snapshots, unlisted, index: { entries } }: FolderContents) {
    this.#parts = parts;
    this.#snapshots = [...snapshots];
    this.#next = 1 + [...snapshots, ...entries].reduce((highest, { number }) => Math.max(highest, number), 0);
    this.#lines = entries.length + unlisted.length;
  }

  /**
   * Locks a folder, which is made if there is none, and repairs what a crash left: files without a line in the index get
   * one, partial lines and files are removed.
   *
   * @param keep snapshots at most; the oldest are deleted. Infinity keeps all
   * @throws `TIMELAPSE_FOLDER_IN_USE`, `TIMELAPSE_UNREADABLE`, `TIMELAPSE_UNWRITABLE` or `TIMELAPSE_DISK_FULL`
   */
  static async open(folder: string, keep: number, logger: Logger): Promise<SnapshotStore> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw unwritable(folder, error);
    }
    const lock = await FolderLock.acquire(folder);
    try {
      const contents = await readFolder(folder);
      const { unlisted, partials, snapshots } = contents;
      for (const name of partials) await removeFile(join(folder, name));
      const index = await IndexFile.open(folder, contents.index);
      if (unlisted.length > 0) await index.append(unlisted);
      logRepairs(folder, contents, logger);
      const last = snapshots.at(-1);
      const recent = new RecentFrames(snapshots, last && (await readSnapshot(join(folder, last.name))));
      logger.debug({ folder, snapshots: snapshots.length, partials: partials.length }, 'folder opened');
      return new SnapshotStore({ folder, keep, lock, index, recent }, contents);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The newest snapshot, of this run or of an earlier one. */
  get last(): StoredSnapshot | undefined {
    return this.#snapshots.at(-1);
  }

  /** Whether this frame was stored recently. */
  has(snapshot: Snapshot): boolean {
    return this.#parts.recent.has(snapshot);
  }

  /**
   * Stores a snapshot under the next number; it is on the disk when this resolves. Call it again only when it has
   * settled.
   *
   * @returns undefined for a frame that was stored before
   * @throws `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE` or `TIMELAPSE_FOLDER_IN_USE`; earlier snapshots are whole then
   */
  async add(snapshot: Snapshot): Promise<StoredSnapshot | undefined> {
    const { folder, lock, index, recent } = this.#parts;
    if (recent.has(snapshot)) return undefined;
    if (!(await lock.isHeld()))
      throw new FramehubError(
        'TIMELAPSE_FOLDER_IN_USE',
        `another collector took over ${folder}: choose another folder for one of them`,
      );
    const { data, sequence, capturedAt = snapshot.arrivedAt } = snapshot;
    const number = this.#next;
    const stored = { number, name: fileNameOf(number), capturedAt: Math.round(capturedAt), sequence };
    await writeDurably(folder, stored.name, data, new Date(stored.capturedAt));
    this.#next += 1;
    this.#snapshots.push(stored);
    recent.add(snapshot);
    await index.append([stored]);
    this.#lines += 1;
    await this.#deleteOldest();
    return stored;
  }

  /** Unlocks the folder. */
  async close(): Promise<void> {
    await this.#parts.index.close();
    await this.#parts.lock.release();
  }

  async #deleteOldest(): Promise<void> {
    const { folder, keep, index } = this.#parts;
    const surplus = this.#snapshots.splice(0, Math.max(0, this.#snapshots.length - keep));
    for (const { name } of surplus) await removeFile(join(folder, name));
    if (surplus.length > 0 && this.#lines > this.#snapshots.length + MAX_OLD_LINES) {
      await index.replace(this.#snapshots);
      this.#lines = this.#snapshots.length;
    }
  }
}

/**
 * The frames that were stored recently, to recognize one that arrives again: by its time and sequence number, and if
 * these are not known of both, by its bytes, which no camera produces twice.
 */
class RecentFrames {
  #frames: Pick<IndexEntry, 'capturedAt' | 'sequence'>[];
  #last: { readonly hash: string; readonly hasTime: boolean } | undefined;

  constructor(entries: readonly IndexEntry[], lastData: Uint8Array | undefined) {
    this.#frames = entries.slice(-MAX_RECENT_FRAMES);
    // Each line has a time; without a sequence it may be the time of arrival.
    this.#last = lastData && { hash: hashOf(lastData), hasTime: entries.at(-1)?.sequence !== undefined };
  }

  has({ capturedAt, sequence, data }: Snapshot): boolean {
    // The time of a frame may arrive too late for it the first time, and in time the second.
    const bothHaveTime = capturedAt !== undefined && this.#last?.hasTime;
    if (!bothHaveTime && hashOf(data) === this.#last?.hash) return true;
    if (capturedAt === undefined) return false;
    // To the millisecond, as in the index; of a snapshot whose line was lost, only the time is known.
    return this.#frames.some(
      (frame) =>
        frame.capturedAt === Math.round(capturedAt) &&
        (frame.sequence === sequence || frame.sequence === undefined || sequence === undefined),
    );
  }

  add({ capturedAt, sequence, data }: Snapshot): void {
    if (capturedAt !== undefined) this.#frames.push({ capturedAt: Math.round(capturedAt), sequence });
    if (this.#frames.length > MAX_RECENT_FRAMES) this.#frames.shift();
    this.#last = { hash: hashOf(data), hasTime: capturedAt !== undefined };
  }
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('base64');
}

async function readSnapshot(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function logRepairs(folder: string, { unlisted, partials, index }: FolderContents, logger: Logger): void {
  if (partials.length > 0) logger.info({ folder, files: partials }, 'partial files of an interrupted write removed');
  if (unlisted.length > 0)
    logger.info(
      { folder, snapshots: unlisted.length },
      `snapshots without a line in ${INDEX_NAME} were listed with the time of their file`,
    );
  if (index.unknownLines > 0)
    logger.warn(
      { folder, lines: index.unknownLines },
      `${INDEX_NAME} has lines that are not entries; they stay unchanged`,
    );
}
