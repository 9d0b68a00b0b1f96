import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { temporaryFolder } from './snapshots.fixture.js';

/** Whether small disks can be mounted: only root may, and not everywhere. */
export const canMount = isMountable();

/** A disk of 256 kB, in memory, until the test is over. */
export function smallDisk(t: ExecutionContext): string {
  const place = join(temporaryFolder(t), 'disk');
  mkdirSync(place);
  if (!mount(place)) throw new Error('a small disk cannot be mounted any more');
  t.teardown(() => void spawnSync('umount', ['-l', place]));
  return place;
}

/** Makes it a disk of 1 MB. */
export function enlarge(place: string): void {
  spawnSync('mount', ['-o', 'remount,size=1m', place]);
}

function mount(place: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place]).status === 0;
}

function isMountable(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const place = mkdtempSync(join(tmpdir(), 'framehub-disk-'));
  const isIt = mount(place);
  if (isIt) spawnSync('umount', ['-l', place]);
  rmdirSync(place);
  return isIt;
}
