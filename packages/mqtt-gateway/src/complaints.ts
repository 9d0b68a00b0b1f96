import { Counters, type Logger } from '@framehub/frame';

/** Milliseconds between two lines about the same thing. */
const PAUSE = 60_000;

/** Counts what goes wrong from outside, and says it in the log without letting a stranger fill the disk. */
export class Complaints {
  readonly counts = new Counters();
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  constructor(private readonly logger: Logger) {}

  /** @param reason one of a few: it is remembered */
  warn(reason: string, data: object, message: string): void {
    this.counts.add(reason);
    const now = performance.now();
    const said = this.#said.get(reason);
    if (said && now - said.at < PAUSE) {
      said.unsaid += 1;
      return;
    }
    this.#said.set(reason, { at: now, unsaid: 0 });
    this.logger.warn({ ...data, reason, ...(said?.unsaid && { alsoBefore: said.unsaid }) }, message);
  }
}
