import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@framehub/frame';
import { unwritable } from '../errors.js';
import { partialNameOf } from './names.js';

/**
 * Writes the whole file or none, and returns when it is on the disk: who looks, and what a power failure leaves, is
 * complete. Rejects with `TIMELAPSE_DISK_FULL` or `TIMELAPSE_UNWRITABLE`; what was there before is unchanged then.
 *
 * @param modified the time that the file shall bear
 */
export async function writeDurably(
  folder: string,
  name: string,
  data: Uint8Array | string,
  modified?: Date,
): Promise<void> {
  const partial = join(folder, partialNameOf(name));
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(data);
      if (modified) await file.utimes(modified, modified).catch(toleratePermission);
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

/** FAT disks mounted for another user take files, but no times. The index has the time too. */
function toleratePermission(error: unknown): void {
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
