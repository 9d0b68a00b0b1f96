/** Answers that are kept; the fastest of them counts. */
const MAX_SAMPLES = 8;
/** Milliseconds that two answers may differ by besides their round trips: clocks drift, and have whole milliseconds. */
const TOLERANCE_MS = 10;

/** Milliseconds between two questions, once the clock is well known. */
const SYNC_INTERVAL_MS = 15_000;
/** The first questions follow quickly: a single one may have waited behind a frame. */
const FIRST_SYNCS_MS = [0, 200, 500, 1000, 2000];

interface Sample {
  /** Milliseconds to the server and back. */
  readonly roundTrip: number;
  /** Milliseconds that the server's clock is ahead of the local one. */
  readonly offset: number;
}

/**
 * Estimates the server's clock from its answers: its time belongs to the middle of the round trip. The fastest of the last
 * answers waited least in queues, so it is the most exact one.
 *
 * Each answer is exact to half its round trip. If two contradict each other, one of the clocks was set between them (a
 * board without a battery gets the time minutes after it started): only the newer answer counts then.
 */
export class ServerClock {
  readonly #samples: Sample[] = [];
  readonly #now: () => number;

  /** @param now local Unix milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param sent local time of the question @param time server's time in the answer */
  addSample(sent: number, time: number): void {
    const roundTrip = this.#now() - sent;
    // The local clock was set back meanwhile.
    if (roundTrip < 0) return;
    const sample = { roundTrip, offset: time - (sent + roundTrip / 2) };
    if (this.best && !agree(this.best, sample)) this.reset();
    this.#samples.push(sample);
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /** To be called for a new connection: answers of an earlier one may be wrong by now. */
  reset(): void {
    this.#samples.length = 0;
  }

  /** Undefined before the first answer. */
  get best(): Sample | undefined {
    return this.#samples.reduce<Sample | undefined>(
      (best, sample) => (best && best.roundTrip <= sample.roundTrip ? best : sample),
      undefined,
    );
  }

  /** The server's time now, in Unix milliseconds; local time while it is unknown. */
  serverNow(): number {
    return this.#now() + (this.best?.offset ?? 0);
  }
}

function agree(one: Sample, other: Sample): boolean {
  const allowed = (one.roundTrip + other.roundTrip) / 2 + TOLERANCE_MS;
  return Math.abs(one.offset - other.offset) <= allowed;
}

/** Asks for the server's clock while there is a connection: often at first, then at regular times. */
export class ClockSync {
  readonly #ask: () => void;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #interval: ReturnType<typeof setInterval> | undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  start(): void {
    this.stop();
    this.#timers = FIRST_SYNCS_MS.map((delay) => setTimeout(this.#ask, delay));
    this.#interval = setInterval(this.#ask, SYNC_INTERVAL_MS);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    clearInterval(this.#interval);
  }
}
