import { Shares } from './shares.js';
import { fitsTopic, levelsOf } from './topic-rules.js';

/** Subscriptions of a client. */
const MAX_OF_CLIENT = 1000;
/** Bytes that the subscriptions of a client, and of all, may cost. */
const MAX_BYTES_OF_CLIENT = 4_194_304;
const MAX_BYTES = 16_777_216;
/** Bytes that a subscription and each of its levels cost beside the text. */
const OVERHEAD = 1024;
const LEVEL = 256;

/** Who subscribes. */
interface Subscriber {
  readonly address: string;
}

interface Ledger {
  readonly costs: Map<string, number>;
  bytes: number;
}

/** Knows what subscriptions cost, so that no client, nor all of them, can fill the memory with theirs. */
export class Subscriptions {
  readonly #ledgers = new Map<Subscriber, Ledger>();
  readonly #shares = new Shares(MAX_BYTES);

  /** @returns false: it is too long, or would be too much */
  add(subscriber: Subscriber, filter: string): boolean {
    const ledger = this.#ledgers.get(subscriber) ?? { costs: new Map<string, number>(), bytes: 0 };
    if (ledger.costs.has(filter)) return true;
    if (!fitsTopic(filter) || ledger.costs.size >= MAX_OF_CLIENT) return false;
    const cost = Buffer.byteLength(filter) + levelsOf(filter) * LEVEL + OVERHEAD;
    if (ledger.bytes + cost > MAX_BYTES_OF_CLIENT || !this.#shares.admits(subscriber.address, cost)) return false;
    this.#ledgers.set(subscriber, ledger);
    ledger.costs.set(filter, cost);
    this.#change(subscriber, ledger, cost);
    return true;
  }

  remove(subscriber: Subscriber, filters: readonly string[]): void {
    const ledger = this.#ledgers.get(subscriber);
    for (const filter of filters) {
      const cost = ledger?.costs.get(filter);
      if (!ledger || cost === undefined) continue;
      ledger.costs.delete(filter);
      this.#change(subscriber, ledger, -cost);
    }
  }

  /** The subscriber is gone. */
  clear(subscriber: Subscriber): void {
    const ledger = this.#ledgers.get(subscriber);
    if (ledger) this.#change(subscriber, ledger, -ledger.bytes);
    this.#ledgers.delete(subscriber);
  }

  #change(subscriber: Subscriber, ledger: Ledger, by: number): void {
    ledger.bytes += by;
    this.#shares.change(subscriber.address, by);
  }
}
