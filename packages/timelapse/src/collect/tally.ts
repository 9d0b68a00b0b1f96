import type { Logger } from '@framehub/frame';
import type { StoredPicture } from '../store/folder.js';

/** How collecting goes. */
export interface CollectProgress {
  /** Pictures stored in this run. */
  readonly stored: number;
  /** The newest picture, of this run or of one before. */
  readonly last: StoredPicture | undefined;
  /** Pictures that should have been there and were not. */
  readonly missing: number;
  /** These by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Frames that came again, and were not stored twice. */
  readonly repeated: number;
  /** What stands in the way of pictures now. */
  readonly problem: string | undefined;
}

/** Counts what happens, tells it on, and logs what is wrong once, not with every picture that is missing. */
export class Tally {
  #stored = 0;
  #repeated = 0;
  #problem: string | undefined;
  readonly #reasons = new Map<string, number>();

  constructor(
    private last: StoredPicture | undefined,
    private readonly progress: (progress: CollectProgress) => void,
    private readonly logger: Logger,
  ) {}

  stored(picture: StoredPicture): void {
    this.#stored += 1;
    this.last = picture;
    this.logger.debug({ picture: picture.name }, 'stored');
    this.trouble(undefined);
    this.#tell();
  }

  repeated(): void {
    this.#repeated += 1;
    this.trouble(undefined);
    this.#tell();
  }

  /** @param reason a word to count by @param problem a sentence for people, where there is more to say */
  missing(reason: string, problem?: string, count = 1): void {
    if (count === 0) return;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
    if (problem !== undefined) this.trouble(problem);
    this.#tell();
  }

  trouble(problem: string | undefined): void {
    if (problem === this.#problem) return;
    if (problem !== undefined) this.logger.warn({}, problem);
    else this.logger.info({}, 'in order again');
    this.#problem = problem;
    this.#tell();
  }

  read(): CollectProgress {
    const reasons = Object.fromEntries(this.#reasons);
    const missing = Object.values(reasons).reduce((sum, count) => sum + count, 0);
    return {
      stored: this.#stored,
      last: this.last,
      missing,
      reasons,
      repeated: this.#repeated,
      problem: this.#problem,
    };
  }

  #tell(): void {
    this.progress(this.read());
  }
}

/** One line for a terminal: `123 pictures, last 000123.jpg 17:46:03, 2 missing (timeout 2): the hub does not answer`. */
export function describeCollecting({ stored, last, missing, reasons, repeated, problem }: CollectProgress): string {
  const parts = [`${stored} ${stored === 1 ? 'picture' : 'pictures'}`];
  if (last) parts.push(`last ${last.name} ${new Date(last.capturedAt).toTimeString().slice(0, 8)}`);
  if (missing > 0)
    parts.push(
      `${missing} missing (${Object.entries(reasons)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(', ')})`,
    );
  if (repeated > 0) parts.push(`${repeated} came again`);
  return parts.join(', ') + (problem === undefined ? '' : `: ${problem}`);
}
