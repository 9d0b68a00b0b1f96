import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, FramehubError, type Logger, recordOf } from '@framehub/frame';
import { readConfigFile } from './load.js';
import type { Config } from './schema.js';

/** What a `Reload` works with. */
export interface ReloadParts {
  readonly file: string;
  /** Its text when it was read last. */
  readonly text: string;
  /** Makes a configuration of the file's present text. Throws when it is not valid. */
  readonly read: (text: string) => Config;
  readonly apply: (config: Config) => Promise<void>;
  readonly logger: Logger;
}

/** Keeps a running framehub up to date with its configuration file: reads it when it is saved, or on request. */
export class Reload implements Disposable {
  readonly #parts: ReloadParts;
  readonly #watch: FileWatch;
  #text: string;
  /** Waits to be applied; only the newest does. */
  #next: Config | undefined;
  #applying = false;

  constructor(parts: ReloadParts) {
    const { file, text, logger } = parts;
    this.#parts = parts;
    this.#text = text;
    this.#watch = new FileWatch(
      file,
      () => this.#onSaved(),
      (error) => logger.warn({ err: error }, `changes of ${file} are not noticed: send SIGHUP to have it read again`),
    );
    // It may have been saved between reading and watching.
    this.#onSaved();
  }

  close(): void {
    this.#watch.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Reads the file, whether it has changed or not. */
  readAgain(): void {
    this.#logFailure(() => this.#use(readConfigFile(this.#parts.file)));
  }

  #onSaved(): void {
    this.#logFailure(() => {
      const text = readConfigFile(this.#parts.file);
      if (text !== this.#text) this.#use(text);
    });
  }

  #use(text: string): void {
    const { file, read, logger } = this.#parts;
    // An invalid text counts as read too, so that it is logged once.
    this.#text = text;
    this.#next = read(notEmpty(text, file));
    logger.info({}, `${file} was read again`);
    if (!this.#applying) void this.#apply();
  }

  async #apply(): Promise<void> {
    this.#applying = true;
    while (this.#next) {
      const config = this.#next;
      this.#next = undefined;
      await this.#parts.apply(config).catch((error: unknown) => this.#logUnchanged(error));
    }
    this.#applying = false;
  }

  #logFailure(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#logUnchanged(error);
    }
  }

  #logUnchanged(error: unknown): void {
    const { code, message } = recordOf(error);
    this.#parts.logger.error({ code }, `nothing is changed: ${message}`);
  }
}

/** A program that copies a file over another one empties it first: an empty file must not close all cameras. */
function notEmpty(text: string, file: string): string {
  if (!/^\s*[^\s#]/m.test(text)) {
    const message = `${file} is empty: write \`cameras: {}\` into it if that is intended`;
    throw new FramehubError('CONFIG_INVALID', message, { file, problems: [message] });
  }
  return text;
}

/** The file must stay unchanged for so long: some programs write it piece by piece, or over a network. */
const SETTLE_MS = 250;

/**
 * Reports when a file was saved: written in place, replaced by another file as editors do, or its link changed. The
 * folders are watched, because the watch of a file goes with the file that is replaced.
 */
export class FileWatch {
  readonly #file: string;
  readonly #onSaved: () => void;
  readonly #onError: (error: unknown) => void;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The file's versions: when a change was reported last, and when it was checked last. */
  #reported: string;
  #seen: string;

  /**
   * @param onSaved called shortly after the file has changed
   * @param onError called when the system cannot report changes; none is reported any more
   */
  constructor(file: string, onSaved: () => void, onError: (error: unknown) => void) {
    this.#file = file;
    this.#onSaved = onSaved;
    this.#onError = onError;
    this.#reported = this.#seen = versionOf(file);
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
        const watcher = watch(folder, () => this.#checkLater());
        return watcher.on('error', (error) => this.#fail(error));
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.close();
    this.#onError(error);
  }

  #checkLater(): void {
    this.#timer ??= setTimeout(() => this.#check(), SETTLE_MS);
  }

  #check(): void {
    this.#timer = undefined;
    const version = versionOf(this.#file);
    const isSettled = version === this.#seen;
    this.#seen = version;
    if (version === this.#reported) return;
    if (!isSettled) {
      this.#checkLater();
      return;
    }
    this.#reported = version;
    // The target of a link may be in another folder now.
    this.close();
    this.#watch();
    this.#onSaved();
  }
}

/** Distinguishes one content from another without reading it; `gone` for a missing file. */
function versionOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return 'gone';
  }
}

/** The folder of the file, and the folder of its target if it is a link. */
function foldersOf(file: string): string[] {
  const folder = dirname(file);
  try {
    return [...new Set([realpathSync(folder), dirname(realpathSync(file))])];
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return [folder];
  }
}
