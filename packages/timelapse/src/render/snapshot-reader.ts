import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, FramehubError, inspectJpeg, isBroken, type JpegInfo, type Logger } from '@framehub/frame';
import { unreadable } from '../errors.js';
import { readFolder, type StoredSnapshot } from '../store/folder.js';
import type { RenderPlan } from './options.js';

/** A snapshot that can be a frame of a film. */
export interface WholeSnapshot {
  readonly stored: StoredSnapshot;
  /** The JPEG, without bytes after its end. */
  readonly data: Uint8Array;
  readonly info: JpegInfo;
}

/** Reads the snapshots of a film one by one. Those that were deleted meanwhile, or are no whole JPEG, are left out. */
export class SnapshotReader {
  readonly #folder: string;
  readonly #snapshots: readonly StoredSnapshot[];
  readonly #logger: Logger;
  #skipped = 0;

  private constructor(folder: string, snapshots: readonly StoredSnapshot[], logger: Logger) {
    this.#folder = folder;
    this.#snapshots = snapshots;
    this.#logger = logger;
  }

  /** Lists the snapshots of a folder and a span of time. @throws `TIMELAPSE_UNREADABLE` or `TIMELAPSE_NO_FRAMES` */
  static async open({ folder, from, to }: RenderPlan, logger: Logger): Promise<SnapshotReader> {
    const { snapshots } = await readFolder(folder);
    const chosen = snapshots.filter(({ capturedAt }) => capturedAt >= from && capturedAt <= to);
    if (snapshots.length === 0) throw noFrames(folder, 'it has no numbered snapshots (000001.jpg)');
    if (chosen.length === 0)
      throw noFrames(folder, `none of its ${snapshots.length} snapshots was taken between from and to`);
    return new SnapshotReader(folder, chosen, logger);
  }

  /** Number of snapshots, including those that are left out. */
  get total(): number {
    return this.#snapshots.length;
  }

  /** Number of snapshots that were left out so far. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Reads the first whole snapshot, which determines the film's size.
   *
   * @returns it, and all whole snapshots, starting with it
   * @throws `TIMELAPSE_UNREADABLE` or `TIMELAPSE_NO_FRAMES`, also while the snapshots are read
   */
  async read(): Promise<{ first: WholeSnapshot; snapshots: AsyncGenerator<WholeSnapshot, void> }> {
    const rest = this.#readAll();
    const first = (await rest.next()).value;
    if (!first) throw noFrames(this.#folder, `none of its ${this.total} snapshots is a whole JPEG`);
    const snapshots = (async function* () {
      yield first;
      yield* rest;
    })();
    return { first, snapshots };
  }

  /** Counts and logs a snapshot that is left out. */
  skip({ name }: StoredSnapshot, reason: string): void {
    this.#skipped += 1;
    this.#logger.warn({ snapshot: name, reason }, `${name} is left out: ${reason}`);
  }

  async *#readAll(): AsyncGenerator<WholeSnapshot, void> {
    for (const stored of this.#snapshots) {
      const data = await this.#readFile(stored.name);
      const info = data && inspectJpeg(data);
      if (info && !isBroken(info)) yield { stored, data: data.subarray(0, info.byteLength), info };
      else this.skip(stored, info?.fault ?? 'deleted');
    }
  }

  async #readFile(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.#folder, name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw unreadable(join(this.#folder, name), error);
    }
  }
}

function noFrames(folder: string, why: string): FramehubError {
  return new FramehubError('TIMELAPSE_NO_FRAMES', `no film can be made of ${folder}: ${why}`, { folder });
}
