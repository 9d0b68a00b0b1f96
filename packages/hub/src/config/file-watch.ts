import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '@framehub/frame';

/** Nothing may have happened to the file for so long: some programs write it piece by piece, and over a network. */
const SETTLED_MS = 250;

/**
 * Tells when a file was saved, in whatever way: written anew, put into the place of the old one as editors do, or its
 * link turned to another file. The folders are watched, as a file that is replaced takes its watch along.
 */
export class FileWatch {
  readonly #file: string;
  readonly #saved: () => void;
  readonly #blind: (error: unknown) => void;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** As it was when somebody was told of it last, and when it was looked at last. */
  #told: string;
  #seen: string;

  /**
   * @param saved is called a moment after the file has become another
   * @param blind is called when the system does not tell of changes, and nobody will be told
   */
  constructor(file: string, saved: () => void, blind: (error: unknown) => void) {
    this.#file = file;
    this.#saved = saved;
    this.#blind = blind;
    this.#told = this.#seen = look(file);
    this.#watch();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #watch(): void {
    try {
      this.#watchers = foldersOf(this.#file).map((folder) => {
        const watcher = watch(folder, () => this.#noticed());
        return watcher.on('error', (error) => this.#failed(error));
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.close();
    this.#blind(error);
  }

  #noticed(): void {
    this.#timer ??= setTimeout(() => this.#look(), SETTLED_MS);
  }

  #look(): void {
    this.#timer = undefined;
    const present = look(this.#file);
    const isSettled = present === this.#seen;
    this.#seen = present;
    if (present === this.#told) return;
    if (!isSettled) {
      this.#noticed();
      return;
    }
    this.#told = present;
    // What is behind a link may be in another folder now.
    this.close();
    this.#watch();
    this.#saved();
  }
}

/** What tells one content from another without reading it; `gone` while there is none. */
function look(file: string): string {
  try {
    const { dev, ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return 'gone';
  }
}

/** Where the file is, and where it is really when it is a link. */
function foldersOf(file: string): string[] {
  const folder = dirname(file);
  try {
    return [...new Set([realpathSync(folder), dirname(realpathSync(file))])];
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return [folder];
  }
}
