/** Counts observations in buckets, as Prometheus wants them: cumulative when read, plain when written. */
export class Histogram {
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** @param bounds upper bounds of the buckets, rising, in the unit observed (seconds, by Prometheus' custom) */
  constructor(readonly bounds: readonly number[]) {
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count += 1;
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** A copy. `buckets[i]` counts the observations up to `bounds[i]`. */
  read(): HistogramReading {
    let below = 0;
    const buckets = this.#counts.map((count) => (below += count));
    return { bounds: this.bounds, buckets, sum: this.#sum, count: this.#count };
  }
}

export interface HistogramReading {
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}
