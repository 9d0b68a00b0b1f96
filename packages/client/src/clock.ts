/** Answers that are remembered: the quickest of them counts. */
const REMEMBERED = 8;

interface Sample {
  /** Milliseconds there and back. */
  readonly roundTrip: number;
  /** What the server's clock is ahead of ours, in milliseconds. */
  readonly offset: number;
}

/**
 * The difference between the server's clock and ours, from answers that tell the server's time: half the way there and
 * back lies between. The quickest answer of the last few has waited least in queues, and so is the one to believe.
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
    this.#samples.push({ roundTrip, offset: time - (sent + roundTrip / 2) });
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
