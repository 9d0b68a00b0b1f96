import { type Logger, recordOf, whereOf } from '@framehub/frame';

const SAME_FAULT_MS = 60_000;

/**
 * The last handler: says what was thrown in a timer or listener that nobody else watches over, and where, so that the
 * process can go on. Those of a camera fail their camera before it comes to this. The same is said once a minute at most.
 */
export class FaultLog {
  readonly #logger: Logger;
  #said = '';
  #saidAt = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns true: it has been dealt with */
  take(error: unknown): true {
    const { code, message } = recordOf(error);
    const where = whereOf(error) ?? 'an unknown place';
    const line = `a fault in framehub at ${where}: ${message}; it goes on, please report this`;
    const now = performance.now();
    if (line === this.#said && now - this.#saidAt < SAME_FAULT_MS) return true;
    this.#said = line;
    this.#saidAt = now;
    this.#logger.error({ code, where, err: error }, line);
    return true;
  }
}
