import type { FileOptions } from '../../options.js';
import { Ticker } from '../../thread/ticker.js';
import { TickTimeout } from '../../tick-timeout.js';
import { JpegIntake } from '../jpeg-intake.js';
import type { Source, SourceHost } from '../source.js';
import { jpegsOf, noFrames } from './jpeg-files.js';

const DEFAULT_FPS = 10;
/** For the first whole JPEG, among any number of broken ones. */
const OPEN_TIMEOUT_MS = 10_000;

/** JPEGs from files, at a rate, while frames are wanted. */
export class FileSource implements Source {
  readonly lively = false;
  readonly #host: SourceHost;
  readonly #options: FileOptions;
  readonly #intake: JpegIntake;
  readonly #ticker: Ticker;
  #jpegs: AsyncGenerator<Buffer>;
  /** Whole JPEGs since the folder or file was begun. */
  #whole = 0;
  /** Read when the source was opened, and delivered on demand. */
  #kept: Buffer | undefined;
  #reading = false;
  #ended = false;

  private constructor(options: FileOptions, host: SourceHost) {
    this.#host = host;
    this.#options = options;
    this.#intake = new JpegIntake(host);
    this.#jpegs = jpegsOf(options.path);
    this.#ticker = new Ticker(options.fps ?? DEFAULT_FPS, () => void this.#deliver());
  }

  /** @throws a `CAPTURE_FILE_…` error, also when there is no whole JPEG */
  static async open(options: FileOptions, host: SourceHost): Promise<FileSource> {
    const source = new FileSource(options, host);
    const limit = new TickTimeout(OPEN_TIMEOUT_MS, () => {
      source.#ended = true;
    });
    try {
      await source.#next();
    } finally {
      limit.cancel();
    }
    if (source.#whole === 0) {
      await source.close();
      throw noFrames(options.path);
    }
    host.opened({ label: options.path, fps: options.fps ?? DEFAULT_FPS });
    return source;
  }

  get expecting(): boolean {
    return this.#ticker.running;
  }

  demand(wanted: boolean): void {
    if (wanted && !this.#ended) this.#ticker.start();
    else this.#ticker.stop();
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#ticker.stop();
    // Waits for a read that is under way, and closes the file.
    await this.#jpegs.return(undefined);
  }

  async #deliver(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      const kept = this.#kept;
      this.#kept = undefined;
      if (kept) this.#intake.offer(kept);
      else await this.#next();
    } catch (error) {
      this.#host.fail(error);
    } finally {
      this.#reading = false;
    }
  }

  /** Passes on the next whole JPEG, if there is one. */
  async #next(): Promise<void> {
    while (!this.#ended) {
      const { value, done } = await this.#jpegs.next();
      if (done) {
        this.#startOver();
        continue;
      }
      const outcome = this.#intake.offer(value);
      if (outcome === 'broken') continue;
      this.#whole += 1;
      if (outcome === 'unwanted' && !this.#ticker.running) this.#kept = value;
      return;
    }
  }

  #startOver(): void {
    const { path, loop = true } = this.#options;
    if (this.#ended) return;
    if (this.#whole === 0) throw noFrames(path);
    this.#whole = 0;
    this.#jpegs = jpegsOf(path);
    if (loop) return;
    this.#ended = true;
    this.#ticker.stop();
  }
}
