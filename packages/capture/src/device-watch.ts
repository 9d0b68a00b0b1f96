import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { Emitter, type ListenOptions, recordOf, type Subscription, subscription } from '@framehub/frame';

/** Cameras' nodes, and the folder of links to them. */
const NAMES = /^(video\d+|v4l)$/;
/** A camera that is plugged in has several nodes, each of which is created and then given its permissions. */
const GATHER_MS = 50;

/**
 * Notifies when camera devices appear or get other permissions. The kernel reports it (inotify), nothing is polled.
 * Where the folder cannot be watched, a warning is emitted once; a camera that is waited for is retried anyway.
 */
export class DeviceWatch {
  readonly #folder: string;
  readonly #appeared = new Emitter<void>();
  #watcher: FSWatcher | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #warned = false;

  constructor(folder = '/dev') {
    this.#folder = folder;
  }

  /** Calls the listener, 50 ms after the first of several events. */
  subscribe(listener: () => void, options?: ListenOptions): Subscription {
    const listening = this.#appeared.subscribe(listener, options);
    this.#update();
    const closed = subscription(() => {
      listening.close();
      options?.signal?.removeEventListener('abort', closed.close);
      this.#update();
    });
    options?.signal?.addEventListener('abort', closed.close);
    return closed;
  }

  /** Whether the folder is watched. */
  get active(): boolean {
    return this.#watcher !== undefined;
  }

  /** Whether events have come that listeners are about to be called for. */
  get gathering(): boolean {
    return this.#gathering !== undefined;
  }

  /** The folder is watched while there are listeners. */
  #update(): void {
    if (this.#appeared.size === 0) this.#stop();
    else if (!this.#watcher) this.#start();
  }

  #start(): void {
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_event, name) => this.#notice(name));
    } catch (error) {
      // No such folder, no inotify, or too many watches already.
      this.#warn(error);
      return;
    }
    this.#watcher.on('error', (error) => {
      this.#stop();
      this.#warn(error);
    });
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    const { code, message } = recordOf(error);
    process.emitWarning(
      `cameras that are plugged in are noticed late, within some ten seconds: ${this.#folder} cannot be watched: ${message}`,
      { code },
    );
  }

  #stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
  }

  #notice(name: string | null): void {
    if (this.#gathering || (name !== null && !NAMES.test(name))) return;
    // A device that disappears is of no interest to a camera that is waited for.
    if (name !== null && !existsSync(join(this.#folder, name))) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#appeared.emit();
    }, GATHER_MS);
  }
}

/** That of this process. */
export const devices = new DeviceWatch();

/**
 * Calls the listener when camera devices appear in this system, or get other permissions.
 *
 * @param options `signal` ends it, as does closing the subscription
 */
export function onDevices(listener: () => void, options?: ListenOptions): Subscription {
  return devices.subscribe(listener, options);
}
