/** Date.now() leaves out the fraction of a millisecond: it is at most this much behind, and a little for the reading. */
const CUT_OFF_MS = 1.1;

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
  if (present > offset || present < offset - CUT_OFF_MS) offset = present;
  return offset;
}
