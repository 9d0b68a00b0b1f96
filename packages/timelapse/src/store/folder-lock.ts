import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, FramehubError } from '@framehub/frame';
import { isDiskFull, unwritable } from '../errors.js';

const LOCK_NAME = '.collector.lock';
const TOUCH_INTERVAL_MS = 15_000;
/** A lock whose owner is not visible from here is stale when it was not touched for so long. */
const STALE_AFTER_MS = 4 * TOUCH_INTERVAL_MS;

/**
 * Which process of which machine: enough to find out later whether it still runs. Empty texts are unknown values. These
 * are the keys of the lock file.
 */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes with each start of the machine. */
  readonly boot: string;
  /** The namespace of the process ID; each container has its own. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, in clock ticks: process IDs are used again. */
  readonly begun: string;
}

interface Owner extends ProcessIdentity {
  /** Distinguishes two locks of one process. */
  readonly token: string;
}

/**
 * The right to write into a folder, which one collector has at a time. A file in it names the process; the lock of a
 * process that has ended is void. Owners on other machines and in other containers are not visible: they touch the file.
 */
export class FolderLock {
  readonly #path: string;
  readonly #token: string;
  readonly #touching: NodeJS.Timeout;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#touching = setInterval(() => {
      // If the file is gone or has another owner, `isHeld` notices it before the next snapshot is written.
      utimes(path, new Date(), new Date()).catch(() => {});
    }, TOUCH_INTERVAL_MS).unref();
  }

  /** @throws `TIMELAPSE_FOLDER_IN_USE` while another collector has it, `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE` */
  static async acquire(folder: string): Promise<FolderLock> {
    const path = join(folder, LOCK_NAME);
    const owner: Owner = { ...ownIdentity(), token: randomUUID() };
    for (;;) {
      try {
        await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
        if ((await readOwner(path))?.token === owner.token) return new FolderLock(path, owner.token);
      } catch (error) {
        if (isDiskFull(error)) await rm(path, { force: true });
        if (codeOf(error) !== 'EEXIST') throw unwritable(path, error);
      }
      await removeStale(folder, path);
    }
  }

  /** False when another process took over the folder, or removed the lock. */
  async isHeld(): Promise<boolean> {
    return (await readOwner(this.#path))?.token === this.#token;
  }

  async release(): Promise<void> {
    clearInterval(this.#touching);
    if (await this.isHeld()) await rm(this.#path, { force: true });
  }
}

/** Removes the lock of an owner that has ended. @throws `TIMELAPSE_FOLDER_IN_USE` if the owner may still run */
async function removeStale(folder: string, path: string): Promise<void> {
  const owner = await readOwner(path);
  const age = await ageOf(path);
  if (age === undefined) return;
  // A file that cannot be read is just being written, or was cut off by a crash.
  const running = owner && isRunning(owner);
  if (running ?? age < STALE_AFTER_MS) throw inUse(folder, path, owner);
  // Two processes may do this at once: only the lock that was judged is removed, and a newer one is put back.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw unwritable(path, error);
  }
  const moved = await readOwner(aside);
  if (moved?.token !== owner?.token) await rename(aside, path);
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

/** Milliseconds since the file was touched, or undefined if there is none. */
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
    `${who} collects snapshots into ${folder}: stop it or choose another folder; if it has ended, remove ${path}`,
    { folder },
  );
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    boot: onLinux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: onLinux(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    begun: startTimeOf(process.pid),
  };
}

/** Whether the process still runs; undefined for one of another machine or container, which is not visible from here. */
function isRunning({ host, boot, namespace, pid, begun }: ProcessIdentity): boolean | undefined {
  const own = ownIdentity();
  if (host !== own.host) return undefined;
  if (boot !== own.boot) return false;
  if (namespace !== own.namespace) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  return startTimeOf(pid) === begun;
}

/** Source: proc(5), /proc/pid/stat: field 22 is the start time; the name in field 2 may hold blanks and brackets. */
function startTimeOf(pid: number): string {
  return onLinux(() => {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function onLinux(read: () => string): string {
  if (process.platform !== 'linux') return '';
  try {
    return read();
  } catch (error) {
    // The process ended just now, or /proc may not be read.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return '';
    throw error;
  }
}
