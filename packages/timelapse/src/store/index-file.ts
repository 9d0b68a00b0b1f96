import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@framehub/frame';
import { unwritable } from '../errors.js';
import { writeDurably } from './durable.js';

export const INDEX_NAME = 'index.csv';
const HEADER = 'number,time,sequence\n';

/** What the index says of a picture. */
export interface IndexEntry {
  readonly number: number;
  /** Unix milliseconds of capture. */
  readonly capturedAt: number;
  /** The camera's own count of frames, where the source tells it. */
  readonly sequence: number | undefined;
}

/** What an index file says. */
export interface IndexText {
  readonly entries: readonly IndexEntry[];
  /** Bytes up to the end of the last whole line; what follows was torn off by a crash. */
  readonly wholeBytes: number;
  /** Lines that are none of ours. */
  readonly foreign: number;
}

/** Reads an index without changing it. A folder without one has no entries. Rejects when it may not be read. */
export async function readIndex(folder: string): Promise<IndexText> {
  const bytes = await readFile(join(folder, INDEX_NAME)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const read = lines.filter((line) => `${line}\n` !== HEADER).map(parseLine);
  const entries = read.filter((entry) => entry !== undefined);
  return { entries, wholeBytes, foreign: read.length - entries.length };
}

/**
 * The list of pictures with their times and sequences, one line each, for spreadsheets and scripts. Lines are only
 * ever appended; the pictures themselves are what counts, and a line that is missing is made anew from its file.
 */
export class IndexFile {
  private constructor(
    private readonly folder: string,
    private handle: FileHandle,
    private size: number,
  ) {}

  /** Opens it for appending, behind its last whole line. Rejects with `TIMELAPSE_…`. */
  static async open(folder: string, { wholeBytes }: IndexText): Promise<IndexFile> {
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

  /** Resolves when the lines are on the disk. Rejects with `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNWRITABLE`, and has none of them then. */
  async append(entries: readonly IndexEntry[]): Promise<void> {
    const bytes = Buffer.from(entries.map(lineOf).join(''));
    try {
      await this.#write(bytes);
      await this.handle.sync();
      this.size += bytes.length;
    } catch (error) {
      await this.handle.truncate(this.size);
      throw unwritable(join(this.folder, INDEX_NAME), error);
    }
  }

  /** Writes the index anew with these entries only, in place of all there were. */
  async replace(entries: readonly IndexEntry[]): Promise<void> {
    const text = HEADER + entries.map(lineOf).join('');
    await writeDurably(this.folder, INDEX_NAME, text);
    try {
      await this.handle.close();
      this.handle = await open(join(this.folder, INDEX_NAME), 'r+');
      this.size = Buffer.byteLength(text);
    } catch (error) {
      throw unwritable(join(this.folder, INDEX_NAME), error);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** A disk that fills up takes a part first. */
  async #write(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length)
      written += (await this.handle.write(bytes, written, bytes.length - written, this.size + written)).bytesWritten;
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
