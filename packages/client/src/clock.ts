/** Answers that are remembered: the quickest of them counts. */
const REMEMBERED = 8;

/** Milliseconds that two answers may differ besides: clocks drift, and are read in whole ones. */
const MARGIN = 10;

interface Sample {
  /** Milliseconds there and back. */
  readonly roundTrip: number;
  /** What the server's clock is ahead of ours, in milliseconds. */
  readonly offset: number;
}

/**
 * The difference between the server's clock and ours, from answers that tell the server's time: half the way there and
 * back lies between. The quickest answer of the last few has waited least in queues, and so is the one to believe.
 *
 * Each answer is right to half its way there and back. Two that cannot both be right mean that one of the clocks was set
 * between them (a board without a clock of its own is told the time minutes after it started): only the new one counts.
 */
export class Clock {
  readonly #samples: Sample[] = [];
  readonly #now: () => number;

  /** @param now Unix milliseconds here */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param sent when we asked, by our clock @param time what the server answered */
  answer(sent: number, time: number): void {
    const roundTrip = this.#now() - sent;
    // Ours was set back meanwhile, so this says nothing; the next one will.
    if (roundTrip < 0) return;
    const sample = { roundTrip, offset: time - (sent + roundTrip / 2) };
    if (this.best && !agree(this.best, sample)) this.reset();
    this.#samples.push(sample);
    if (this.#samples.length > REMEMBERED) this.#samples.shift();
  }

  /** What a connection of before has told may be wrong by now. */
  reset(): void {
    this.#samples.length = 0;
  }

  /** Undefined while nobody has answered. */
  get best(): Sample | undefined {
    return this.#samples.reduce<Sample | undefined>(
      (best, sample) => (best && best.roundTrip <= sample.roundTrip ? best : sample),
      undefined,
    );
  }

  /** The server's time now, in Unix milliseconds; ours while it is not known. */
  serverNow(): number {
    return this.#now() + (this.best?.offset ?? 0);
  }
}

function agree(one: Sample, other: Sample): boolean {
  const allowed = (one.roundTrip + other.roundTrip) / 2 + MARGIN;
  return Math.abs(one.offset - other.offset) <= allowed;
}
