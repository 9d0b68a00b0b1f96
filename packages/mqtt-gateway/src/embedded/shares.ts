/** An amount of which all together get so much, and one address half of it at most. */
export class Shares {
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(private readonly limit: number) {}

  admits(address: string, more: number): boolean {
    const share = this.#byAddress.get(address) ?? 0;
    return this.#total + more <= this.limit && share + more <= this.limit / 2;
  }

  /** @param by negative: is given back */
  change(address: string, by: number): void {
    const share = (this.#byAddress.get(address) ?? 0) + by;
    this.#total += by;
    if (share > 0) this.#byAddress.set(address, share);
    else this.#byAddress.delete(address);
  }
}
