import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FramehubError } from '@framehub/frame';
import { unwritable } from '../errors.js';

/** A film on its way: it bears another name until it is complete. */
export class OutputFile {
  /** Where it is written: in the folder where it goes. */
  readonly partial: string;

  /** @throws `TIMELAPSE_FILE_EXISTS` */
  constructor(
    private readonly path: string,
    private readonly overwrite: boolean,
  ) {
    this.#refuseExisting();
    this.partial = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`);
  }

  /** Gives the complete film its name, once it is on the disk. Rejects with a `TIMELAPSE_…` error. */
  async publish(): Promise<void> {
    this.#refuseExisting();
    try {
      const file = await open(this.partial, 'r+');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(this.partial, this.path);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Removes what there is of a film that was not published. */
  discard(): Promise<void> {
    return rm(this.partial, { force: true });
  }

  #refuseExisting(): void {
    if (this.overwrite || !existsSync(this.path)) return;
    const message = `${this.path} is there already: choose another name, or --overwrite`;
    throw new FramehubError('TIMELAPSE_FILE_EXISTS', message, { output: this.path });
  }
}
