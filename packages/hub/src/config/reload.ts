import { FramehubError, type Logger, recordOf } from '@framehub/frame';
import { FileWatch } from './file-watch.js';
import { readConfigFile } from './load.js';
import type { Config } from './schema.js';

export interface ReloadParts {
  readonly file: string;
  /** What it said when it was read last. */
  readonly text: string;
  /** Makes a configuration of what the file says now. Throws when that is not in order. */
  readonly read: (text: string) => Config;
  readonly apply: (config: Config) => Promise<void>;
  readonly logger: Logger;
}

/** Keeps a running framehub to its configuration file: reads it again when it is saved, or when it is asked to. */
export class Reload {
  readonly #parts: ReloadParts;
  readonly #watch: FileWatch;
  #text: string;
  /** Waits for its turn; only the newest does. */
  #next: Config | undefined;
  #applying = false;

  constructor(parts: ReloadParts) {
    const { file, text, logger } = parts;
    this.#parts = parts;
    this.#text = text;
    this.#watch = new FileWatch(
      file,
      () => this.#saved(),
      (error) => logger.warn({ err: error }, `changes of ${file} are not noticed: send SIGHUP for it to be read again`),
    );
    // It may have been saved between the reading and the watching.
    this.#saved();
  }

  close(): void {
    this.#watch.close();
  }

  /** Reads the file, whether it has changed or not. */
  again(): void {
    this.#attempt(() => this.#take(readConfigFile(this.#parts.file)));
  }

  #saved(): void {
    this.#attempt(() => {
      const text = readConfigFile(this.#parts.file);
      if (text !== this.#text) this.#take(text);
    });
  }

  #take(text: string): void {
    // Also one that is refused: it is complained of once.
    this.#text = text;
    this.#next = this.#parts.read(saying(text, this.#parts.file));
    this.#parts.logger.info({}, `${this.#parts.file} was read again`);
    if (!this.#applying) void this.#apply();
  }

  async #apply(): Promise<void> {
    this.#applying = true;
    while (this.#next) {
      const config = this.#next;
      this.#next = undefined;
      await this.#parts.apply(config).catch((error: unknown) => this.#complain(error));
    }
    this.#applying = false;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    const { code, message } = recordOf(error);
    this.#parts.logger.error({ code }, `nothing is changed: ${message}`);
  }
}

/** Who copies a file over another empties it first, and over a slow line that lasts: it must not cost every camera. */
function saying(text: string, file: string): string {
  if (!/^\s*[^\s#]/m.test(text)) {
    const message = `${file} says nothing: write \`cameras: {}\` into it if that is meant`;
    throw new FramehubError('CONFIG_INVALID', message, { file, problems: [message] });
  }
  return text;
}
