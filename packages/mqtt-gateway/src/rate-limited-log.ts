import { Counters, type Logger } from '@framehub/frame';

const LINE_INTERVAL_MS = 60_000;

/** Counts problems that remote clients cause, and logs each kind at most once a minute, so that they cannot fill the disk. */
export class RateLimitedLog {
  readonly counts = new Counters();
  readonly #lines = new Map<string, { readonly at: number; suppressed: number }>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param reason from a small, fixed set: it is remembered */
  warn(reason: string, data: object, message: string): void {
    this.counts.add(reason);
    const now = performance.now();
    const last = this.#lines.get(reason);
    if (last && now - last.at < LINE_INTERVAL_MS) {
      last.suppressed += 1;
      return;
    }
    this.#lines.set(reason, { at: now, suppressed: 0 });
    this.#logger.warn({ ...data, reason, ...(last?.suppressed && { suppressed: last.suppressed }) }, message);
  }
}
