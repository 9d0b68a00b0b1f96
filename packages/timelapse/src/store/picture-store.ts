import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FramehubError, type Logger } from '@framehub/frame';
import { unwritable } from '../errors.js';
import type { Picture } from '../picture.js';
import { writeDurably } from './durable.js';
import {
  type FolderContents,
  readFolder,
  readPicture,
  removeFile,
  removePartials,
  type StoredPicture,
} from './folder.js';
import { FolderLock } from './folder-lock.js';
import { INDEX_NAME, IndexFile } from './index-file.js';
import { fileNameOf } from './names.js';
import { Remembered } from './remembered.js';

/** Lines of pictures long gone that an index may hold before it is written anew. */
const MOST_OLD_LINES = 1000;

/** A folder of numbered pictures that one collector adds to. */
export class PictureStore {
  /** By number, rising. */
  readonly #pictures: StoredPicture[];
  #next: number;
  #lines: number;

  private constructor(
    private readonly folder: string,
    private readonly keep: number,
    private readonly lock: FolderLock,
    private readonly index: IndexFile,
    private readonly remembered: Remembered,
    contents: FolderContents,
  ) {
    const listed = contents.index.entries;
    this.#pictures = [...contents.pictures];
    this.#next = 1 + [...this.#pictures, ...listed].reduce((highest, { number }) => Math.max(highest, number), 0);
    this.#lines = listed.length + contents.unlisted.length;
  }

  /**
   * Takes a folder, which is made if need be, and puts right what a crash left: files without their line in the index
   * get one, half a line and half a picture go.
   *
   * @param keep pictures at most; the oldest go. Infinity keeps all
   * Rejects with `TIMELAPSE_FOLDER_IN_USE`, `TIMELAPSE_UNREADABLE`, `TIMELAPSE_UNWRITABLE`, `TIMELAPSE_DISK_FULL`.
   */
  static async open(folder: string, keep: number, logger: Logger): Promise<PictureStore> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw unwritable(folder, error);
    }
    const lock = await FolderLock.take(folder);
    try {
      const contents = await readFolder(folder);
      const { unlisted, partials, pictures } = contents;
      await removePartials(folder, contents);
      const index = await IndexFile.open(folder, contents.index);
      if (unlisted.length > 0) await index.append(unlisted);
      report(folder, contents, logger);
      const last = pictures.at(-1);
      const remembered = new Remembered(pictures, last && (await readPicture(folder, last.name)));
      logger.debug({ folder, pictures: pictures.length, partials: partials.length }, 'folder opened');
      return new PictureStore(folder, keep, lock, index, remembered, contents);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The newest picture, of this run or of an earlier one. */
  get last(): StoredPicture | undefined {
    return this.#pictures.at(-1);
  }

  /** Whether this frame was stored before, of late. */
  has(picture: Picture): boolean {
    return this.remembered.has(picture);
  }

  /**
   * Stores a picture under the next number; it is on the disk when this resolves. Resolves with undefined for a frame
   * that was stored before. Rejects with `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE`, `TIMELAPSE_FOLDER_IN_USE`; all
   * earlier pictures are whole then. Not to be called again before it is done.
   */
  async add(picture: Picture): Promise<StoredPicture | undefined> {
    if (this.has(picture)) return undefined;
    if (!(await this.lock.isHeld()))
      throw new FramehubError(
        'TIMELAPSE_FOLDER_IN_USE',
        `another collector took over ${this.folder}: choose another folder for one of them`,
      );
    const { data, sequence, capturedAt = picture.arrivedAt } = picture;
    const stored = {
      number: this.#next,
      name: fileNameOf(this.#next),
      capturedAt: Math.round(capturedAt),
      sequence,
    };
    await writeDurably(this.folder, stored.name, data, new Date(stored.capturedAt));
    this.#next += 1;
    this.#pictures.push(stored);
    this.remembered.add(picture);
    await this.index.append([stored]);
    this.#lines += 1;
    await this.#dropOldest();
    return stored;
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    await this.index.close();
    await this.lock.release();
  }

  async #dropOldest(): Promise<void> {
    const surplus = this.#pictures.splice(0, Math.max(0, this.#pictures.length - this.keep));
    for (const { name } of surplus) await removeFile(join(this.folder, name));
    if (surplus.length > 0 && this.#lines > this.#pictures.length + MOST_OLD_LINES) {
      await this.index.replace(this.#pictures);
      this.#lines = this.#pictures.length;
    }
  }
}

function report(folder: string, { unlisted, partials, index }: FolderContents, logger: Logger): void {
  if (partials.length > 0) logger.info({ folder, files: partials }, 'left-overs of an interrupted write removed');
  if (unlisted.length > 0)
    logger.info(
      { folder, pictures: unlisted.length },
      `pictures without a line in ${INDEX_NAME} were listed with the time of their file`,
    );
  if (index.foreign > 0)
    logger.warn({ folder, lines: index.foreign }, `${INDEX_NAME} has lines that are none of ours; they are left alone`);
}
