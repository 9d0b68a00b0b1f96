import { FramehubError, type Logger } from '@framehub/frame';
import { readPasswordFile } from '@framehub/hub/config';
import {
  type CollectOptions,
  type CollectProgress,
  collect,
  describeCollecting,
  type RenderOptions,
  type RenderProgress,
  type RenderResult,
  render,
} from '@framehub/timelapse';
import { usageError } from '../errors.js';
import { type Alternatives, warnOfCommandLine } from '../open-passwords.js';
import { stoppable } from '../stop-signals.js';

export interface CollectOptionValues
  extends Omit<CollectOptions, 'password' | 'keep' | 'out' | 'logger' | 'onProgress' | 'signal'> {
  readonly out?: string;
  readonly keep?: number;
  readonly passwordFile?: string;
  readonly verbose?: true;
}

export interface RenderOptionValues extends Omit<RenderOptions, 'folder' | 'logger' | 'onProgress' | 'signal'> {
  readonly verbose?: true;
}

const BAR_CHARACTERS = 24;
/** How a password can be given without others reading it. */
const ALTERNATIVES: Alternatives = {
  camera: '--password-file FILE or FRAMEHUB_HTTP_PASSWORD',
  mqtt: '--password-file FILE or FRAMEHUB_MQTT_PASSWORD',
};

/** Stores frames until a signal stops it. */
export async function collectFrames(options: CollectOptionValues): Promise<void> {
  const { out, passwordFile, verbose, ...rest } = options;
  if (out === undefined) throw usageError('--out DIR is missing: it names the folder for the frames');
  const line = new ProgressLine();
  const logger = loggerOf(line, verbose);
  warnOfCommandLine(ALTERNATIVES, logger);
  const password =
    passwordFile === undefined ? {} : { password: readPasswordFile(passwordFile, '--password-file', logger) };
  const collectOptions = { ...fromEnvironment(rest), ...rest, ...password, out };
  const onProgress = (state: CollectProgress) => line.show(describeCollecting(state));
  try {
    const done = await stoppable((signal) => collect({ ...collectOptions, logger, onProgress, signal }));
    line.end(describeCollecting({ ...done, problem: undefined }));
  } catch (error) {
    line.leave();
    throw asUsageError(error);
  }
}

/** Makes a film of a folder of frames. */
export async function renderFilm(folder: string, { verbose, ...options }: RenderOptionValues): Promise<void> {
  const line = new ProgressLine();
  const logger = loggerOf(line, verbose);
  const onProgress = (state: RenderProgress) => line.show(describeRendering(state));
  try {
    const film = await stoppable((signal) => render({ ...options, folder, logger, onProgress, signal }));
    line.end(describeFilm(film));
  } catch (error) {
    line.leave();
    throw asUsageError(error);
  }
}

/** `[############            ] 1200 of 2400 frames` */
function describeRendering({ frames, total }: RenderProgress): string {
  const done = Math.min(BAR_CHARACTERS, Math.floor((BAR_CHARACTERS * frames) / Math.max(total, 1)));
  return `[${'#'.repeat(done).padEnd(BAR_CHARACTERS)}] ${frames} of ${total} frames`;
}

/** `film.mp4: 240 frames, 9.6 s` */
function describeFilm({ file, frames, skipped, seconds }: RenderResult): string {
  const left = skipped === 0 ? '' : `, ${skipped} ${skipped === 1 ? 'snapshot' : 'snapshots'} left out`;
  return `${file}: ${frames} ${frames === 1 ? 'frame' : 'frames'}, ${Number(seconds.toFixed(1))} s${left}`;
}

/** Options do not hold passwords: everyone on a machine can read the command lines of others. */
function fromEnvironment({ mqtt }: Pick<CollectOptions, 'mqtt'>): Pick<CollectOptions, 'username' | 'password'> {
  const prefix = mqtt === undefined ? 'FRAMEHUB_HTTP' : 'FRAMEHUB_MQTT';
  const { [`${prefix}_USERNAME`]: username, [`${prefix}_PASSWORD`]: password } = process.env;
  return { ...(username && { username }), ...(password && { password }) };
}

/** Human-readable lines; the numbers are in index.csv. */
function loggerOf(line: ProgressLine, verbose = false): Logger {
  const print = (_: object, message: string): void => line.print(message);
  return { debug: verbose ? print : () => {}, info: print, warn: print, error: print };
}

function asUsageError(error: unknown): unknown {
  const isOption = error instanceof FramehubError && error.code === 'TIMELAPSE_INVALID_OPTION';
  return isOption ? usageError(error.message, error.details) : error;
}

/** Milliseconds between two lines that are not on a terminal. */
const LINE_EVERY_MS = 10_000;

/** Progress: one line that changes on a terminal, and a line now and then in any other output. */
class ProgressLine {
  readonly #output = process.stdout;
  #shown = '';
  #printedAt = Number.NEGATIVE_INFINITY;

  show(text: string): void {
    if (text === this.#shown) return;
    this.#shown = text;
    if (this.#output.isTTY) this.#draw();
    else if (performance.now() - this.#printedAt >= LINE_EVERY_MS) {
      this.#printedAt = performance.now();
      this.#output.write(`${this.#shown}\n`);
    }
  }

  /** Prints a line of its own, above. */
  print(text: string): void {
    if (!this.#output.isTTY) this.#output.write(`${text}\n`);
    else {
      this.#output.write(`\r\x1b[K${text}\n`);
      this.#draw();
    }
  }

  /** Prints the last line, which stays. */
  end(text: string): void {
    this.#output.write(`${this.#output.isTTY ? '\r\x1b[K' : ''}${text}\n`);
    this.#shown = '';
  }

  /** Keeps the last line: an error follows. */
  leave(): void {
    if (this.#output.isTTY && this.#shown !== '') this.#output.write('\n');
  }

  #draw(): void {
    // A wrapped line could not be overwritten.
    this.#output.write(`\r${this.#shown.slice(0, (this.#output.columns || 80) - 1)}\x1b[K`);
  }
}
