/** Who holds memory that all share. */
export interface Holder {
  /** Those of one address have one share. */
  readonly address: string;
  /** Is told to hold nothing any more. */
  evict(): void;
}

/**
 * Memory that many hold, up to a limit in all. Where it is passed, the address that holds most gives something up: its
 * holder of most, and of equals the one that has held it longest.
 */
export class SharedBytes {
  readonly #held = new Map<Holder, number>();
  #total = 0;

  constructor(private readonly limit: number) {}

  get total(): number {
    return this.#total;
  }

  /** A holder holds this many bytes now. May evict another or itself. */
  set(holder: Holder, bytes: number): void {
    this.#put(holder, bytes);
    while (this.#total > this.limit) {
      const greediest = this.#greediest();
      if (!greediest) return;
      this.#put(greediest, 0);
      greediest.evict();
    }
  }

  #put(holder: Holder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes > 0) this.#held.set(holder, bytes);
    else this.#held.delete(holder);
  }

  #greediest(): Holder | undefined {
    const byAddress = new Map<string, number>();
    for (const [{ address }, bytes] of this.#held) byAddress.set(address, (byAddress.get(address) ?? 0) + bytes);
    const address = keyOfLargest(byAddress);
    return keyOfLargest(new Map([...this.#held].filter(([holder]) => holder.address === address)));
  }
}

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
