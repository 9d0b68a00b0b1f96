import { type FileHandle, open } from 'node:fs/promises';
import { FramehubError } from '@framehub/frame';
import { unwritable } from '../errors.js';
import type { FrameRate } from './options.js';
import type { SnapshotReader, WholeSnapshot } from './snapshot-reader.js';

/** What all frames of an AVI film have in common. */
export interface AviFormat extends FrameRate {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

export interface AviFilmOptions {
  /** Where the film is written. */
  readonly path: string;
  /** Pixels of the first snapshot; those of another size are left out. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly frameRate: FrameRate;
  /** Called for each snapshot that is left out. */
  readonly skip: SnapshotReader['skip'];
  /** Called with the number of frames that are done. */
  readonly progress: (frames: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes an AVI film of unchanged JPEGs, without ffmpeg.
 *
 * @returns its number of frames
 * @throws `TIMELAPSE_FILM_TOO_LARGE`, `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE` or `TIMELAPSE_UNREADABLE`
 */
export async function makeAviFilm(snapshots: AsyncIterable<WholeSnapshot>, options: AviFilmOptions): Promise<number> {
  const { path, width, height, frameRate, skip, progress, signal } = options;
  const writer = await AviWriter.create(path, { width, height, ...frameRate });
  try {
    for await (const { stored, data, info } of snapshots) {
      if (signal.aborted) break;
      // Players take the size of the first frame for the size of all.
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

/** The format's limit; only its extension OpenDML allows longer files. */
const MAX_FILE_BYTES = 2 ** 30;
const PADDING = Buffer.alloc(1);

const STREAM_LIST_BYTES = 4 + (8 + 56) + (8 + 40);
const HEADER_LIST_BYTES = 4 + (8 + 56) + (8 + STREAM_LIST_BYTES);
/** From the start of the file to the first frame. */
const HEADER_BYTES = 12 + (8 + HEADER_LIST_BYTES) + 12;
/** Of a frame in the index. */
const INDEX_ENTRY_BYTES = 16;
/** Source: AVI RIFF file reference, AVIMAINHEADER dwFlags. */
const HAS_INDEX = 0x10;
/** Source: AVI RIFF file reference, AVIOLDINDEX dwFlags. */
const KEY_FRAME = 0x10;

/** Writes JPEGs into an AVI film, one after the other; only their sizes are kept in memory. */
export class AviWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #format: AviFormat;
  readonly #maxBytes: number;
  readonly #sizes: number[] = [];
  /** Of all frames' chunks, with their headers and padding. */
  #movieBytes = 0;
  #largestFrame = 0;

  private constructor(path: string, file: FileHandle, format: AviFormat, maxBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#format = format;
    this.#maxBytes = maxBytes;
  }

  /** Creates the file, which must not exist. @throws `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNWRITABLE`, as all methods */
  static async create(path: string, format: AviFormat, maxBytes = MAX_FILE_BYTES): Promise<AviWriter> {
    try {
      return new AviWriter(path, await open(path, 'wx'), format, maxBytes);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  get frames(): number {
    return this.#sizes.length;
  }

  /** @throws `TIMELAPSE_FILM_TOO_LARGE` beyond the format's limit; earlier frames are not affected */
  async add(jpeg: Uint8Array): Promise<void> {
    const padding = jpeg.length & 1 ? PADDING : PADDING.subarray(1);
    const movieBytes = this.#movieBytes + 8 + jpeg.length + padding.length;
    const total = HEADER_BYTES + movieBytes + 8 + INDEX_ENTRY_BYTES * (this.frames + 1);
    if (total > this.#maxBytes)
      throw new FramehubError(
        'TIMELAPSE_FILM_TOO_LARGE',
        `an AVI film holds 1 GB at most, which was reached after ${this.frames} frames: install ffmpeg, or choose fewer snapshots with from and to`,
        { frames: this.frames },
      );
    const header = new ChunkWriter(8).text('00dc').numbers(jpeg.length).bytes;
    await this.#write([header, jpeg, padding], HEADER_BYTES + this.#movieBytes);
    this.#sizes.push(jpeg.length);
    this.#movieBytes = movieBytes;
    this.#largestFrame = Math.max(this.#largestFrame, jpeg.length);
  }

  /** Writes the index and the header, and resolves when the film is on the disk. */
  async finish(): Promise<void> {
    await this.#write([this.#index()], HEADER_BYTES + this.#movieBytes);
    await this.#write([this.#header()], 0);
    try {
      await this.#file.sync();
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Source: AVI RIFF file reference; numbers are little-endian. */
  #header(): Buffer {
    const { width, height, rate, scale } = this.#format;
    const [frames, movieBytes, largestFrame] = [this.frames, this.#movieBytes, this.#largestFrame];
    const microsecondsPerFrame = Math.round((1e6 * scale) / rate);
    const bytesPerSecond = Math.ceil((largestFrame * rate) / scale);
    const indexBytes = 8 + frames * INDEX_ENTRY_BYTES;
    const out = new ChunkWriter(HEADER_BYTES);
    out.list('RIFF', HEADER_BYTES - 8 + movieBytes + indexBytes, 'AVI ');
    out.list('LIST', HEADER_LIST_BYTES, 'hdrl');
    out.text('avih').numbers(56, microsecondsPerFrame, bytesPerSecond, 0, HAS_INDEX);
    out.numbers(frames, 0, 1, largestFrame, width, height, 0, 0, 0, 0);
    out.list('LIST', STREAM_LIST_BYTES, 'strl');
    out.text('strh').numbers(56).text('vidsMJPG').numbers(0, 0, 0, scale, rate, 0, frames, largestFrame, 0xffffffff, 0);
    out.shorts(0, 0, width, height);
    out.text('strf').numbers(40, 40, width, height).shorts(1, 24);
    out.text('MJPG').numbers(width * height * 3, 0, 0, 0, 0);
    out.list('LIST', 4 + movieBytes, 'movi');
    return out.bytes;
  }

  /** The list of all frames, after the last one. Source: AVI RIFF file reference, AVIOLDINDEX. */
  #index(): Buffer {
    const bytes = this.frames * INDEX_ENTRY_BYTES;
    const out = new ChunkWriter(8 + bytes).text('idx1').numbers(bytes);
    // Counted from the word `movi`.
    let offset = 4;
    for (const size of this.#sizes) {
      out.text('00dc').numbers(KEY_FRAME, offset, size);
      offset += 8 + size + (size & 1);
    }
    return out.bytes;
  }

  async #write(parts: readonly Uint8Array[], position: number): Promise<void> {
    let at = position;
    try {
      for (const part of parts) {
        for (let rest = part; rest.length > 0; ) {
          const { bytesWritten } = await this.#file.write(rest, 0, rest.length, at);
          rest = rest.subarray(bytesWritten);
          at += bytesWritten;
        }
      }
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }
}

class ChunkWriter {
  readonly bytes: Buffer;
  #at = 0;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size);
  }

  text(text: string): this {
    this.#at += this.bytes.write(text, this.#at, 'latin1');
    return this;
  }

  numbers(...values: number[]): this {
    for (const value of values) this.#at = this.bytes.writeUInt32LE(value, this.#at);
    return this;
  }

  shorts(...values: number[]): this {
    for (const value of values) this.#at = this.bytes.writeUInt16LE(value, this.#at);
    return this;
  }

  list(kind: string, size: number, name: string): this {
    return this.text(kind).numbers(size).text(name);
  }
}
