/** An amount that all addresses share, and of which one address gets at most half. */
export class Quota {
  readonly #limit: number;
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  admits(address: string, more: number): boolean {
    const share = this.#byAddress.get(address) ?? 0;
    return this.#total + more <= this.#limit && share + more <= this.#limit / 2;
  }

  /** @param by negative to give some back */
  change(address: string, by: number): void {
    const share = (this.#byAddress.get(address) ?? 0) + by;
    this.#total += by;
    if (share > 0) this.#byAddress.set(address, share);
    else this.#byAddress.delete(address);
  }
}

/** What holds memory of a {@link MemoryBudget}. */
export interface MemoryHolder {
  /** Holders of one address share its part. */
  readonly address: string;
  /** Must give up all of its memory. */
  evict(): void;
}

/**
 * Memory that many hold, up to a total. Beyond it, the address with the most memory loses its largest holder, and of
 * equal ones the one that has held it longest.
 */
export class MemoryBudget {
  readonly #limit: number;
  readonly #held = new Map<MemoryHolder, number>();
  #total = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes held. */
  get total(): number {
    return this.#total;
  }

  /** Sets the bytes that a holder holds now. May evict this holder or another. */
  set(holder: MemoryHolder, bytes: number): void {
    this.#put(holder, bytes);
    while (this.#total > this.#limit) {
      const largest = this.#largestHolder();
      if (!largest) return;
      this.#put(largest, 0);
      largest.evict();
    }
  }

  #put(holder: MemoryHolder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes > 0) this.#held.set(holder, bytes);
    else this.#held.delete(holder);
  }

  #largestHolder(): MemoryHolder | undefined {
    const byAddress = new Map<string, number>();
    for (const [{ address }, bytes] of this.#held) byAddress.set(address, (byAddress.get(address) ?? 0) + bytes);
    const address = keyOfLargest(byAddress);
    return keyOfLargest(new Map([...this.#held].filter(([holder]) => holder.address === address)));
  }
}

/** The first of several equal ones. */
function keyOfLargest<K>(sizes: ReadonlyMap<K, number>): K | undefined {
  let found: K | undefined;
  let largest = 0;
  for (const [key, size] of sizes) {
    if (size <= largest) continue;
    found = key;
    largest = size;
  }
  return found;
}
