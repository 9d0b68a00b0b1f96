import type { SourceHost } from '../sources/source.js';

/** Date.now() leaves out the fraction of a millisecond: it is behind by at most this, with a little for the reading. */
const MAX_TRUNCATION_MS = 1.1;

/**
 * performance.now() and CLOCK_MONOTONIC run alike on Linux; this is what lies between their origins, in milliseconds.
 * The least of some readings: what comes between the two clocks makes it larger, by a millisecond the first time.
 */
const MONOTONIC_ORIGIN = Math.min(...Array.from({ length: 5 }, readOrigin));

function readOrigin(): number {
  const before = performance.now();
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6 - before;
}

/** Node's own reading of Unix time at the origin of performance.now(), in microseconds: nothing was cut off. */
let offset = performance.timeOrigin;

/** Unix time in milliseconds with a fraction. Follows the system's clock when that is set. */
export function unixNow(): number {
  return performance.now() + followedOffset();
}

/** The Unix time of a moment of CLOCK_MONOTONIC, both in milliseconds: V4L2 stamps its buffers with that clock. */
export function unixOfMonotonic(milliseconds: number): number {
  return milliseconds - MONOTONIC_ORIGIN + followedOffset();
}

/**
 * What lies between Unix time and performance.now(): the largest difference seen, for that had the least cut off.
 * A difference that is smaller by more than the cut means that the clock was set back, and a larger one is followed at
 * once: a Raspberry Pi has no battery for its clock, which jumps by months once the network is there.
 */
function followedOffset(): number {
  const present = Date.now() - performance.now();
  if (present > offset || present < offset - MAX_TRUNCATION_MS) offset = present;
  return offset;
}

/** A driver that uses the camera's own clock may be ahead a little. */
const AHEAD_MS = 100;
/** No frame waits that long in a queue: a control blocks the driver for 5 s at most. */
const BEHIND_MS = 10_000;

/** A driver's time stamp, as `CapturedBuffer` of node-v4l2-camera has it. */
interface Stamp {
  readonly clock: 'monotonic' | 'unknown';
  readonly timestampUs: number;
}

/**
 * When frames were captured: the driver's time stamp, or the time of arrival. Some drivers stamp with zero or by another
 * clock than they name, which would make a frame's age wrong.
 */
export class CaptureTimes {
  readonly #host: Pick<SourceHost, 'log'>;
  #warned = false;

  constructor(host: Pick<SourceHost, 'log'>) {
    this.#host = host;
  }

  /** Unix milliseconds. */
  of({ clock, timestampUs }: Stamp): number {
    const now = unixNow();
    if (clock !== 'monotonic') return now;
    const stamped = unixOfMonotonic(timestampUs / 1000);
    const age = now - stamped;
    if (age >= -AHEAD_MS && age <= BEHIND_MS) return stamped;
    this.#warn(age);
    return now;
  }

  #warn(age: number): void {
    if (this.#warned) return;
    this.#warned = true;
    const seconds = Math.round(Math.abs(age) / 1000);
    const when = age < 0 ? `${seconds} s ahead` : `${seconds} s ago`;
    const message = `the driver's time stamps cannot be right (${when}): frames get the time of their arrival`;
    this.#host.log('warn', message);
  }
}
