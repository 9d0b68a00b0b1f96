import { type CameraState, Counters, type ErrorRecord, type PixelFormat } from '@framehub/frame';
import type { Report } from './messages.js';
import { RateMeter } from './rate-meter.js';

/** How a camera is and what has become of its frames, over all of its threads. */
export class Vitals {
  readonly dropped = new Counters();
  readonly failures = new Counters();
  readonly rate = new RateMeter();
  error: ErrorRecord | undefined;
  nominalFps: number | undefined;
  format: PixelFormat | undefined;
  captured = 0;
  restarts = 0;
  lastFrameAt: number | undefined;
  frozenSince: number | undefined;
  /** Above all sequences there have been. */
  nextSequence = 0;
  readonly #settled = new Set<() => void>();
  #state: CameraState = 'starting';
  #since = Date.now();
  #capturedBefore = 0;

  constructor(public label: string) {}

  get state(): CameraState {
    return this.#state;
  }

  /** Unix milliseconds since when the state is this one, for this reason. */
  get since(): number {
    return this.#since;
  }

  enter(state: CameraState): void {
    this.#state = state;
    this.#since = Date.now();
    if (state === 'starting') return;
    for (const resolve of this.#settled) resolve();
    this.#settled.clear();
  }

  /** Resolves as soon as it is no longer starting. */
  settled(): Promise<void> {
    if (this.#state !== 'starting') return Promise.resolve();
    return new Promise((resolve) => this.#settled.add(resolve));
  }

  /** Another source, of which nothing is known yet. */
  renamed(label: string): void {
    this.label = label;
    this.nominalFps = undefined;
  }

  /** A thread begins, which counts from nought. */
  begin(): void {
    this.#capturedBefore = this.captured;
    this.rate.reset();
  }

  /** Takes a thread's report into account. */
  count({ captured, dropped, sequence, format, lastFrameAt, frozenSince }: Report): void {
    this.captured = this.#capturedBefore + captured;
    for (const [reason, count] of Object.entries(dropped)) this.dropped.add(reason, count);
    this.rate.read(this.captured, performance.now());
    if (sequence !== undefined) this.passed(sequence);
    this.format = format ?? this.format;
    this.lastFrameAt = lastFrameAt ?? this.lastFrameAt;
    this.frozenSince = frozenSince;
  }

  /** A sequence has been used. */
  passed(sequence: number): void {
    this.nextSequence = Math.max(this.nextSequence, sequence + 1);
  }

  /** There are no frames for now. */
  rest(): void {
    this.rate.reset();
    this.frozenSince = undefined;
  }
}
