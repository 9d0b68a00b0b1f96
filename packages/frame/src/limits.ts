/** A rate limit (token bucket): a burst at once, and a number per second in the long run. */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  #left: number;
  #since: number;

  /**
   * @param burst how many are allowed at once
   * @param perSecond how many are added per second, up to `burst`
   * @param now milliseconds of a monotonic clock
   */
  constructor(burst: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#now = now;
    this.#left = burst;
    this.#since = now();
  }

  /** Takes `count`, or nothing if fewer are left. @returns whether they were taken */
  take(count = 1): boolean {
    this.#refill();
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  /** Takes one in any case, in advance if none is left. @returns milliseconds to wait until it is allowed */
  reserve(): number {
    this.#refill();
    this.#left -= 1;
    return this.#left >= 0 ? 0 : (-this.#left / this.#perSecond) * 1000;
  }

  #refill(): void {
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#since) / 1000) * this.#perSecond);
    this.#since = now;
  }
}

/** One occupied place, in a list with the older and newer ones of the same address. */
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
 * While places are free any address may take them, even all. When all are taken, a newcomer gets the newest place of the
 * address that holds most, if that address then still holds no fewer than the newcomer's (max-min fairness). So an
 * address that holds many does not keep others out, and equals never displace each other.
 */
export class FairShare {
  /** Number of places. */
  readonly limit: number;
  readonly #holders = new Map<string, Holder>();
  #taken = 0;

  /** @param limit number of places */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Places that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a place.
   *
   * @param address key of the client, see {@link shareKey}
   * @param evict called when the place was given to another address; at most once, and never after it was released
   * @returns releases the place, and may be called more than once; undefined if there is no place for this address
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
    return () => this.#release(place);
  }

  /** @returns whether a place is free now */
  #displaceFor(address: string): boolean {
    let largest: Holder | undefined;
    for (const holder of this.#holders.values()) if (holder.count > (largest?.count ?? 0)) largest = holder;
    const own = this.#holders.get(address)?.count ?? 0;
    if (!largest?.newest || own + 1 >= largest.count) return false;
    const { newest } = largest;
    this.#release(newest);
    newest.evict();
    return this.#taken < this.limit;
  }

  #release(place: Place): void {
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
