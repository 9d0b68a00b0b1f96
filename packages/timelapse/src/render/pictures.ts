import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, inspectJpeg, isBroken, type JpegInfo, type Logger } from '@framehub/frame';
import { unreadable } from '../errors.js';
import type { StoredPicture } from '../store/folder.js';

/** A picture that can be shown. */
export interface WholePicture {
  readonly stored: StoredPicture;
  /** The JPEG, without what may stand behind its end. */
  readonly data: Uint8Array;
  readonly info: JpegInfo;
}

/** Reads pictures one by one. What is gone meanwhile (`keep`), or no whole JPEG, is passed over and counted. */
export class PictureReader {
  #skipped = 0;

  constructor(
    private readonly folder: string,
    private readonly pictures: readonly StoredPicture[],
    private readonly logger: Logger,
  ) {}

  /** Pictures there should be. */
  get total(): number {
    return this.pictures.length;
  }

  get skipped(): number {
    return this.#skipped;
  }

  /** Rejects with `TIMELAPSE_UNREADABLE`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WholePicture, void> {
    for (const stored of this.pictures) {
      const data = await this.#read(stored.name);
      const info = data && inspectJpeg(data);
      if (info && !isBroken(info)) yield { stored, data: data.subarray(0, info.byteLength), info };
      else this.skip(stored, info?.fault ?? 'gone');
    }
  }

  /** Counts a picture that is not used. */
  skip({ name }: StoredPicture, reason: string): void {
    this.#skipped += 1;
    this.logger.warn({ picture: name, reason }, `${name} is left out: ${reason}`);
  }

  async #read(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.folder, name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw unreadable(join(this.folder, name), error);
    }
  }
}
