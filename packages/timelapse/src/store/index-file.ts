import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@framehub/frame';
import { unwritable } from '../errors.js';
import { writeDurably } from './files.js';

export const INDEX_NAME = 'index.csv';
const HEADER = 'number,time,sequence\n';

/** A line of the index. */
export interface IndexEntry {
  /** The snapshot's number in its folder, from 1. */
  readonly number: number;
  /** Unix milliseconds of capture. */
  readonly capturedAt: number;
  /** The camera's frame number; undefined if the source did not send it. */
  readonly sequence: number | undefined;
}

/** The contents of an index file. */
export interface IndexContents {
  readonly entries: readonly IndexEntry[];
  /** Bytes up to the end of the last whole line; what follows was cut off by a crash. */
  readonly wholeBytes: number;
  /** Number of lines that are not entries. */
  readonly unknownLines: number;
}

/** Reads an index without changing it; a folder without one has no entries. @throws an error of the file system */
export async function readIndex(folder: string): Promise<IndexContents> {
  const bytes = await readFile(join(folder, INDEX_NAME)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const read = lines.filter((line) => `${line}\n` !== HEADER).map(parseLine);
  const entries = read.filter((entry) => entry !== undefined);
  return { entries, wholeBytes, unknownLines: read.length - entries.length };
}

/**
 * The list of snapshots with their times and frame numbers, one line each, for spreadsheets and scripts. Lines are only
 * appended. The snapshots' files are authoritative: a missing line is made again from its file.
 */
export class IndexFile {
  readonly #folder: string;
  #handle: FileHandle;
  #size: number;

  private constructor(folder: string, handle: FileHandle, size: number) {
    this.#folder = folder;
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens it for appending after its last whole line. @throws `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNWRITABLE` */
  static async open(folder: string, { wholeBytes }: IndexContents): Promise<IndexFile> {
    try {
      if (wholeBytes === 0) await writeDurably(folder, INDEX_NAME, HEADER);
      const size = wholeBytes || HEADER.length;
      const handle = await open(join(folder, INDEX_NAME), 'r+');
      await handle.truncate(size);
      return new IndexFile(folder, handle, size);
    } catch (error) {
      throw unwritable(join(folder, INDEX_NAME), error);
    }
  }

  /** Resolves when all lines are on the disk. @throws as {@link IndexFile.open}; none of the lines is written then */
  async append(entries: readonly IndexEntry[]): Promise<void> {
    const bytes = Buffer.from(entries.map(lineOf).join(''));
    try {
      // A disk that fills up takes a part first.
      for (let written = 0; written < bytes.length; ) {
        const left = bytes.length - written;
        written += (await this.#handle.write(bytes, written, left, this.#size + written)).bytesWritten;
      }
      await this.#handle.sync();
      this.#size += bytes.length;
    } catch (error) {
      await this.#handle.truncate(this.#size);
      throw unwritable(join(this.#folder, INDEX_NAME), error);
    }
  }

  /** Replaces the whole index by these entries. @throws as {@link IndexFile.open} */
  async replace(entries: readonly IndexEntry[]): Promise<void> {
    const text = HEADER + entries.map(lineOf).join('');
    await writeDurably(this.#folder, INDEX_NAME, text);
    try {
      await this.#handle.close();
      this.#handle = await open(join(this.#folder, INDEX_NAME), 'r+');
      this.#size = Buffer.byteLength(text);
    } catch (error) {
      throw unwritable(join(this.#folder, INDEX_NAME), error);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function lineOf({ number, capturedAt, sequence }: IndexEntry): string {
  return `${number},${new Date(capturedAt).toISOString()},${sequence ?? ''}\n`;
}

function parseLine(line: string): IndexEntry | undefined {
  const [, number, time = '', sequence] = /^(\d+),([^,]+),(\d*)\r?$/.exec(line) ?? [];
  const capturedAt = Date.parse(time);
  if (number === undefined || Number.isNaN(capturedAt)) return undefined;
  return { number: Number(number), capturedAt, sequence: sequence ? Number(sequence) : undefined };
}
