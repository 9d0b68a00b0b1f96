/** Counts of things by reason, e.g. frames dropped: `overrun`, `busy`, `truncated`. */
export class Counters {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  addAll(counts: Readonly<Record<string, number>>): void {
    for (const [reason, count] of Object.entries(counts)) this.add(reason, count);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** A copy. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
