import { type FileHandle, open } from 'node:fs/promises';
import { FramehubError } from '@framehub/frame';
import { unwritable } from '../errors.js';
import { AVI_HEADER_BYTES, type AviFacts, aviFrameHead, aviHeader, aviIndex, INDEX_ENTRY_BYTES } from './avi-header.js';

/** Beyond this, players want an extension of the format (OpenDML) that is not written here. */
const MAX_BYTES = 2 ** 30;
const PADDING = Buffer.alloc(1);

/** Writes JPEGs as they are into an AVI film, one after the other; only their sizes are kept in memory. */
export class AviWriter {
  readonly #sizes: number[] = [];
  #movieBytes = 0;
  #largestFrame = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly picture: Pick<AviFacts, 'width' | 'height' | 'rate' | 'scale'>,
    private readonly maxBytes: number,
  ) {}

  /**
   * Makes the file, which must not be there. Rejects with `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNWRITABLE`, as all else
   * here.
   */
  static async create(
    path: string,
    picture: Pick<AviFacts, 'width' | 'height' | 'rate' | 'scale'>,
    maxBytes = MAX_BYTES,
  ): Promise<AviWriter> {
    try {
      return new AviWriter(path, await open(path, 'wx'), picture, maxBytes);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  get frames(): number {
    return this.#sizes.length;
  }

  /** Rejects with `TIMELAPSE_FILM_TOO_LARGE` where the format ends; what was added before is still in order. */
  async add(jpeg: Uint8Array): Promise<void> {
    const padding = jpeg.length & 1 ? PADDING : PADDING.subarray(1);
    const movieBytes = this.#movieBytes + 8 + jpeg.length + padding.length;
    const total = AVI_HEADER_BYTES + movieBytes + 8 + INDEX_ENTRY_BYTES * (this.frames + 1);
    if (total > this.maxBytes)
      throw new FramehubError(
        'TIMELAPSE_FILM_TOO_LARGE',
        `an AVI film holds 1 GB at most, which was reached after ${this.frames} pictures: install ffmpeg, or take fewer with from and to`,
        { frames: this.frames },
      );
    await this.#write([aviFrameHead(jpeg.length), jpeg, padding], AVI_HEADER_BYTES + this.#movieBytes);
    this.#sizes.push(jpeg.length);
    this.#movieBytes = movieBytes;
    this.#largestFrame = Math.max(this.#largestFrame, jpeg.length);
  }

  /** Writes the index and the head, and returns when the film is on the disk. */
  async finish(): Promise<void> {
    const facts = { frames: this.frames, movieBytes: this.#movieBytes, largestFrame: this.#largestFrame };
    await this.#write([aviIndex(this.#sizes)], AVI_HEADER_BYTES + this.#movieBytes);
    await this.#write([aviHeader({ ...this.picture, ...facts })], 0);
    try {
      await this.file.sync();
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #write(parts: readonly Uint8Array[], position: number): Promise<void> {
    let at = position;
    try {
      for (const part of parts) {
        for (let rest = part; rest.length > 0; ) {
          const { bytesWritten } = await this.file.write(rest, 0, rest.length, at);
          rest = rest.subarray(bytesWritten);
          at += bytesWritten;
        }
      }
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }
}
