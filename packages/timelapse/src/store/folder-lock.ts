import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, FramehubError } from '@framehub/frame';
import { isFull, unwritable } from '../errors.js';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';

export const LOCK_NAME = '.collector.lock';
const TOUCH_MS = 15_000;
/** A lock whose owner cannot be seen from here is dead when it has not been touched for so long. */
const PATIENCE_MS = 4 * TOUCH_MS;

interface Owner extends ProcessIdentity {
  /** Tells two locks of one process apart. */
  readonly token: string;
}

/**
 * The right to write into a folder, which one collector has at a time. A file in it names the process; a process that
 * is no more has no right. Owners on other machines and in other containers cannot be looked up: they touch the file.
 */
export class FolderLock {
  readonly #touching: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {
    this.#touching = setInterval(() => {
      // A file that is gone or another's is noticed by `isHeld`, before the next picture is written.
      utimes(path, new Date(), new Date()).catch(() => {});
    }, TOUCH_MS).unref();
  }

  /** Rejects with `TIMELAPSE_FOLDER_IN_USE` while another collector has it. */
  static async take(folder: string): Promise<FolderLock> {
    const path = join(folder, LOCK_NAME);
    const owner: Owner = { ...ownIdentity(), token: randomUUID() };
    for (;;) {
      try {
        await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
        if ((await readOwner(path))?.token === owner.token) return new FolderLock(path, owner.token);
      } catch (error) {
        if (isFull(error)) await rm(path, { force: true });
        if (codeOf(error) !== 'EEXIST') throw unwritable(path, error);
      }
      await removeStale(folder, path);
    }
  }

  /** False once somebody else took the folder, or removed the lock. */
  async isHeld(): Promise<boolean> {
    return (await readOwner(this.path))?.token === this.token;
  }

  async release(): Promise<void> {
    clearInterval(this.#touching);
    if (await this.isHeld()) await rm(this.path, { force: true });
  }
}

/** Removes the lock when its owner is no more; rejects with `TIMELAPSE_FOLDER_IN_USE` when it may be there. */
async function removeStale(folder: string, path: string): Promise<void> {
  const owner = await readOwner(path);
  const age = await ageOf(path);
  if (age === undefined) return;
  // One that cannot be read is being written at this moment, or was torn by a crash.
  const running = owner && isRunning(owner);
  if (running ?? age < PATIENCE_MS) throw inUse(folder, path, owner);
  // Two may come here at once: only what was judged is taken away, and a fresh lock is put back.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  });
  const taken = await readOwner(aside);
  if (taken?.token !== owner?.token) await rename(aside, path);
  await rm(aside, { force: true });
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(owner) ? owner : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw unwritable(path, error);
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, boot, namespace, begun, token } = value as Record<string, unknown>;
  return Number.isSafeInteger(pid) && [host, boot, namespace, begun, token].every((text) => typeof text === 'string');
}

/** Milliseconds since the file was touched, or undefined when there is none. */
async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unwritable(path, error);
  }
}

function inUse(folder: string, path: string, owner: Owner | undefined): FramehubError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new FramehubError(
    'TIMELAPSE_FOLDER_IN_USE',
    `${who} collects pictures into ${folder}: stop it or choose another folder; if it is no more, remove ${path}`,
    { folder },
  );
}
