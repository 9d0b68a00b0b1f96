import { isIPv6 } from 'node:net';

/** Places for connections, shared by address: none can take them all while another wants one. */
export class Seats {
  /** What ends a connection, by address; the newest last. */
  readonly #taken = new Map<string, (() => void)[]>();
  #count = 0;

  constructor(private readonly places: number) {}

  /**
   * Where all places are taken, the newest connection of the address with most of them is evicted for one of an address
   * that has fewer, also with this one.
   * @returns what gives the place back, however often it is called; undefined: there is no place
   */
  enter(address: string, evict: () => void): (() => void) | undefined {
    if (this.#count >= this.places && !this.#makeRoom(address)) return undefined;
    const place = (): void => evict();
    this.#taken.set(address, [...(this.#taken.get(address) ?? []), place]);
    this.#count += 1;
    return () => this.#leave(address, place);
  }

  #makeRoom(address: string): boolean {
    const held = this.#taken.get(address)?.length ?? 0;
    let greediest = address;
    let most = held;
    for (const [other, { length }] of this.#taken) if (length > most) [greediest, most] = [other, length];
    const newest = this.#taken.get(greediest)?.at(-1);
    if (held + 1 >= most || !newest) return false;
    this.#leave(greediest, newest);
    newest();
    return true;
  }

  #leave(address: string, place: () => void): void {
    const places = this.#taken.get(address);
    if (!places?.includes(place)) return;
    this.#count -= 1;
    if (places.length > 1)
      this.#taken.set(
        address,
        places.filter((other) => other !== place),
      );
    else this.#taken.delete(address);
  }
}

/** What counts as one address: of IPv6 a network of 64 bits, since whoever has one has all of it. */
export function addressShare(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined || !isIPv6(address)) return v4 ?? address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
