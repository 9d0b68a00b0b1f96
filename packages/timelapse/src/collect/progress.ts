import type { Logger } from '@framehub/frame';
import type { StoredSnapshot } from '../store/folder.js';

/** What a collector has done so far. */
export interface CollectProgress {
  /** Number of snapshots stored in this run. */
  readonly stored: number;
  /** The newest snapshot, of this run or of an earlier one. */
  readonly last: StoredSnapshot | undefined;
  /** Number of snapshots that were due and are missing. */
  readonly missing: number;
  /** These by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Number of frames that arrived again, and were not stored twice. */
  readonly repeated: number;
  /** What prevents snapshots now, human-readable. */
  readonly problem: string | undefined;
}

/** Counts what happens, reports it, and logs a problem once, not with every missing snapshot. */
export class ProgressCounter {
  readonly #onProgress: (progress: CollectProgress) => void;
  readonly #logger: Logger;
  readonly #reasons = new Map<string, number>();
  #last: StoredSnapshot | undefined;
  #stored = 0;
  #repeated = 0;
  #problem: string | undefined;

  constructor(last: StoredSnapshot | undefined, onProgress: (progress: CollectProgress) => void, logger: Logger) {
    this.#last = last;
    this.#onProgress = onProgress;
    this.#logger = logger;
  }

  /** Counts a snapshot, or with undefined a frame that was stored before. */
  stored(snapshot: StoredSnapshot | undefined): void {
    if (snapshot) {
      this.#stored += 1;
      this.#last = snapshot;
      this.#logger.debug({ snapshot: snapshot.name }, 'stored');
    } else this.#repeated += 1;
    this.problem(undefined);
    this.#report();
  }

  /** Counts missing snapshots. @param problem a human-readable line, if there is more to say */
  missing(reason: string, problem?: string, count = 1): void {
    if (count === 0) return;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count);
    if (problem !== undefined) this.problem(problem);
    this.#report();
  }

  /** @param problem what prevents snapshots; undefined when nothing does any more */
  problem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    if (problem !== undefined) this.#logger.warn({}, problem);
    else this.#logger.info({}, 'collecting again');
    this.#problem = problem;
    this.#report();
  }

  read(): CollectProgress {
    const reasons = Object.fromEntries(this.#reasons);
    const missing = Object.values(reasons).reduce((sum, count) => sum + count, 0);
    const [stored, last, repeated, problem] = [this.#stored, this.#last, this.#repeated, this.#problem];
    return { stored, last, missing, reasons, repeated, problem };
  }

  #report(): void {
    this.#onProgress(this.read());
  }
}

/** One line for a terminal: `123 snapshots, last 000123.jpg 17:46:03, 2 missing (timeout 2): pi4:8090: no answer in 5000 ms`. */
export function describeCollecting({ stored, last, missing, reasons, repeated, problem }: CollectProgress): string {
  const parts = [`${stored} ${stored === 1 ? 'snapshot' : 'snapshots'}`];
  if (last) parts.push(`last ${last.name} ${new Date(last.capturedAt).toTimeString().slice(0, 8)}`);
  const byReason = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
  if (missing > 0) parts.push(`${missing} missing (${byReason.join(', ')})`);
  if (repeated > 0) parts.push(`${repeated} repeated`);
  return parts.join(', ') + (problem === undefined ? '' : `: ${problem}`);
}
