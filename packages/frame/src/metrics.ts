import type { JpegFrame } from './frames.js';

/** Counts by reason, for example of dropped frames: `overrun`, `busy`, `truncated`. */
export class Counters {
  readonly #counts = new Map<string, number>();

  /** @param count how many to add */
  add(reason: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  /** Adds counts by reason. */
  addAll(counts: Readonly<Record<string, number>>): void {
    for (const [reason, count] of Object.entries(counts)) this.add(reason, count);
  }

  /** The sum over all reasons. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @returns a copy */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** The state of a {@link Histogram}, in Prometheus' form: cumulative. */
export interface HistogramReading {
  /** Upper bounds of the buckets. */
  readonly bounds: readonly number[];
  /** `buckets[i]` counts the observations up to `bounds[i]`. */
  readonly buckets: readonly number[];
  /** Sum of all observed values. */
  readonly sum: number;
  /** Number of observations. */
  readonly count: number;
}

/** Counts observations in buckets. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** @param bounds upper bounds of the buckets, rising, in the unit observed (by Prometheus' convention seconds) */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  /** Counts a value. */
  observe(value: number): void {
    this.#sum += value;
    this.#count += 1;
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** @returns a copy */
  read(): HistogramReading {
    let below = 0;
    const buckets = this.#counts.map((count) => (below += count));
    return { bounds: this.bounds, buckets, sum: this.#sum, count: this.#count };
  }
}

/** Seconds. */
const AGE_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a gateway has sent of one camera. Plain numbers, written once per frame and viewer. */
export class CameraTraffic {
  /** Viewers connected now. */
  viewers = 0;
  framesSent = 0;
  bytesSent = 0;
  /** Frames that were not sent to a viewer because it was still receiving an older one. */
  skipped = 0;
  /** Seconds from capture to the socket, of each frame when it is sent for the first time. */
  readonly age = new Histogram(AGE_BOUNDS);

  /** Counts what was sent of a frame. A placeholder counts as bytes only. */
  count({ placeholder }: JpegFrame, bytes: number): void {
    if (placeholder === undefined) this.framesSent += 1;
    this.bytesSent += bytes;
  }

  /** Observes the age of a frame that is sent for the first time. Placeholders have none. */
  observeAge({ placeholder, capturedAt }: JpegFrame): void {
    if (placeholder === undefined) this.age.observe((Date.now() - capturedAt) / 1000);
  }
}

/** The counts of one gateway, by camera. They outlive the viewers, and are dropped with the camera. */
export class GatewayTraffic {
  /** Its name in metrics: `http`, `ws`, `mqtt`. */
  readonly gateway: string;
  /** Clients refused or disconnected, by reason: `limit`, `displaced`, `stalled`, `memory` … */
  readonly clientsDropped = new Counters();
  readonly #cameras = new Map<string, CameraTraffic>();

  /** @param gateway its name in metrics: `http`, `ws`, `mqtt` */
  constructor(gateway: string) {
    this.gateway = gateway;
  }

  /** The counts of a camera, created on first use. Borrowed: to be counted into. */
  of(camera: string): CameraTraffic {
    let traffic = this.#cameras.get(camera);
    if (!traffic) {
      traffic = new CameraTraffic();
      this.#cameras.set(camera, traffic);
    }
    return traffic;
  }

  /** @returns a copy of the list, in order of first use */
  cameras(): readonly (readonly [name: string, traffic: CameraTraffic])[] {
    return [...this.#cameras];
  }

  /** Drops the counts of all cameras but these. Viewers that still receive go on counting into theirs. */
  keepOnly(cameras: readonly string[]): void {
    for (const camera of this.#cameras.keys()) if (!cameras.includes(camera)) this.#cameras.delete(camera);
  }
}
