/** One taken place, between the older and the newer ones of the same address. */
interface Place {
  readonly holder: Holder;
  readonly evict: () => void;
  older: Place | undefined;
  newer: Place | undefined;
  held: boolean;
}

/** The places of one address. */
interface Holder {
  readonly address: string;
  count: number;
  newest: Place | undefined;
}

/**
 * A limited number of places, shared fairly between addresses.
 *
 * While there is room anybody may take a place, and one address alone may take all. When all are taken, a newcomer gets
 * the newest place of the address that holds most, as long as that address then still holds no fewer than the newcomer's
 * (max-min fairness). So one that holds many keeps nobody out, and equals never displace each other.
 */
export class FairShare {
  readonly #holders = new Map<string, Holder>();
  #taken = 0;

  constructor(readonly limit: number) {}

  /** Places taken now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * @param address who asks: see `shareKey`
   * @param evict called when the place has gone to another address; at most once, and never after it was given back
   * @returns gives the place back, and may be called again; undefined when there is no place for this address
   */
  enter(address: string, evict: () => void): (() => void) | undefined {
    if (this.#taken >= this.limit && !this.#displaceFor(address)) return undefined;
    const holder = this.#holders.get(address) ?? { address, count: 0, newest: undefined };
    const place: Place = { holder, evict, older: holder.newest, newer: undefined, held: true };
    if (holder.newest) holder.newest.newer = place;
    holder.newest = place;
    holder.count += 1;
    this.#holders.set(address, holder);
    this.#taken += 1;
    return () => this.#giveBack(place);
  }

  /** @returns whether there is a place now */
  #displaceFor(address: string): boolean {
    let largest: Holder | undefined;
    for (const holder of this.#holders.values()) if (holder.count > (largest?.count ?? 0)) largest = holder;
    const own = this.#holders.get(address)?.count ?? 0;
    if (!largest?.newest || own + 1 >= largest.count) return false;
    const { newest } = largest;
    this.#giveBack(newest);
    newest.evict();
    return this.#taken < this.limit;
  }

  #giveBack(place: Place): void {
    if (!place.held) return;
    place.held = false;
    const { holder, older, newer } = place;
    if (older) older.newer = newer;
    if (newer) newer.older = older;
    else holder.newest = older;
    holder.count -= 1;
    this.#taken -= 1;
    if (holder.count === 0) this.#holders.delete(holder.address);
  }
}
