import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { recordOf } from '@framehub/frame';

/** Cameras' nodes, and the folder of links to them. */
const NAMES = /^(video\d+|v4l)$/;
/** A plugged camera has several nodes, each of which is made and then given away. */
const GATHER_MS = 50;

/**
 * Tells when camera devices appear, or get other permissions. The kernel tells it (inotify): nothing is looked at again
 * and again. Where it cannot be told, it says so once; who waits for a device tries now and then anyway.
 */
export class DeviceWatch {
  readonly #folder: string;
  readonly #listeners = new Set<() => void>();
  #watcher: FSWatcher | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #saidBlind = false;

  constructor(folder = '/dev') {
    this.#folder = folder;
  }

  /** Calls the listener, a moment after the first of several events. @returns a function that ends it */
  listen(listener: () => void): () => void {
    // A key of its own: the same function may be given twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#begin();
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#end();
    };
  }

  /** Whether the system has been asked to tell. */
  get active(): boolean {
    return this.#watcher !== undefined;
  }

  #begin(): void {
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_event, name) => this.#noticed(name));
    } catch (error) {
      // No such folder, no inotify, or too many watches already.
      this.#blind(error);
      return;
    }
    this.#watcher.on('error', (error) => {
      this.#end();
      this.#blind(error);
    });
  }

  #blind(error: unknown): void {
    if (this.#saidBlind) return;
    this.#saidBlind = true;
    const { code, message } = recordOf(error);
    process.emitWarning(
      `cameras that are plugged in are noticed late, within some ten seconds: ${this.#folder} cannot be watched: ${message}`,
      { code },
    );
  }

  #end(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
  }

  #noticed(name: string | null): void {
    if (this.#gathering || (name !== null && !NAMES.test(name))) return;
    // One that goes is no news to who waits for one.
    if (name !== null && !existsSync(join(this.#folder, name))) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      for (const listener of [...this.#listeners]) listener();
    }, GATHER_MS);
  }
}

/** That of this process. */
export const devices = new DeviceWatch();

/** Calls the listener when camera devices appear in this system. @returns a function that ends it */
export function onDevices(listener: () => void): () => void {
  return devices.listen(listener);
}
