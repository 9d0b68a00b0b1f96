import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@framehub/frame';
import { unwritable } from '../errors.js';

const DIGITS = 6;

/** The file of a snapshot: `000001.jpg`. From a million on there are more digits. */
export function fileNameOf(number: number): string {
  return `${String(number).padStart(DIGITS, '0')}.jpg`;
}

/** The number of a snapshot's file, or undefined for any other file. */
export function numberOf(fileName: string): number | undefined {
  const [, digits] = /^(\d{6,15})\.jpe?g$/i.exec(fileName) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether a file was left behind by {@link writeDurably} when the process or the machine stopped. */
export function isPartial(fileName: string): boolean {
  return /^\.(?:\d{6,15}\.jpg|index\.csv)\.part$/.test(fileName);
}

/**
 * Writes the whole file or nothing, and resolves when it is on the disk: readers never see a part of it, and neither
 * does a power failure leave one. If it fails, an earlier file of this name is unchanged.
 *
 * @param modified the file's time. Default: now
 * @throws `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNWRITABLE`
 */
export async function writeDurably(
  folder: string,
  name: string,
  data: Uint8Array | string,
  modified?: Date,
): Promise<void> {
  // Hidden, and no name of a snapshot.
  const partial = join(folder, `.${name}.part`);
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(data);
      if (modified) await file.utimes(modified, modified).catch(ignoreMissingPermission);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    await rm(partial, { force: true });
    throw unwritable(join(folder, name), error);
  }
}

/** Removes a file, if there is one. @throws `TIMELAPSE_UNWRITABLE` */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** FAT disks that are mounted for another user take files, but no times. The index has the time too. */
function ignoreMissingPermission(error: unknown): void {
  if (codeOf(error) !== 'EPERM') throw error;
}

/** A new name is on the disk only when its folder is. Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
