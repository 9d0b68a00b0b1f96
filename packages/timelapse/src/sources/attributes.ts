import { type CaptureFacts, parseSequence, parseTime } from './capture-facts.js';

/** Milliseconds that the attributes of a picture may come later than it: a hub sends them when the broker has the picture. */
const PATIENCE_MS = 2500;

interface Waiting {
  readonly bytes: number;
  readonly settle: (facts: CaptureFacts | undefined) => void;
}

/**
 * The JSON beside the pictures, for connections that cannot carry facts with a picture (MQTT 3.1.1). It comes as a
 * message of its own, before or after its picture; which picture it is of, is known by the number of bytes.
 */
export class Attributes {
  /** Those that came last, until their picture is found. */
  #last: { readonly bytes: number; readonly facts: CaptureFacts } | undefined;
  #waiting: readonly Waiting[] = [];

  constructor(private readonly patience = PATIENCE_MS) {}

  /** Takes a message; what is not understood is as good as none. */
  set({ bytes, seq, ts }: Readonly<Record<string, unknown>>): void {
    if (typeof bytes !== 'number') return;
    const facts = { capturedAt: parseTime(ts), sequence: parseSequence(seq) };
    const picture = this.#waiting.find((waiting) => waiting.bytes === bytes);
    if (picture) picture.settle(facts);
    else this.#last = { bytes, facts };
  }

  /**
   * To be called when a picture comes, before the next message does. Resolves with its facts, or with undefined when none
   * come soon.
   */
  of(bytes: number): Promise<CaptureFacts | undefined> {
    const last = this.#last;
    if (last?.bytes === bytes) {
      this.#last = undefined;
      return Promise.resolve(last.facts);
    }
    return new Promise((resolve) => {
      const settle = (facts: CaptureFacts | undefined) => {
        clearTimeout(timer);
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve(facts);
      };
      const timer = setTimeout(settle, this.patience, undefined);
      const waiting: Waiting = { bytes, settle };
      this.#waiting = [...this.#waiting, waiting];
    });
  }

  /** Ends the waiting. */
  close(): void {
    for (const { settle } of this.#waiting) settle(undefined);
  }
}
