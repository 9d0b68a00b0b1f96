/** A step of the system's clock smaller than this is the rounding of Date.now(), which has no fraction. */
const TOLERANCE_MS = 2;

/** performance.now() and CLOCK_MONOTONIC run alike on Linux; this is what lies between their origins, in milliseconds. */
const [seconds, nanoseconds] = process.hrtime();
const MONOTONIC_ORIGIN = seconds * 1000 + nanoseconds / 1e6 - performance.now();

let offset = performance.timeOrigin;

/** Unix time in milliseconds with a fraction. Follows the system's clock when that is set. */
export function unixNow(): number {
  return performance.now() + followedOffset();
}

/** The Unix time of a moment of CLOCK_MONOTONIC, both in milliseconds: V4L2 stamps its buffers with that clock. */
export function unixOfMonotonic(milliseconds: number): number {
  return milliseconds - MONOTONIC_ORIGIN + followedOffset();
}

/** A Raspberry Pi has no battery for its clock: it jumps by months once the network is there. */
function followedOffset(): number {
  const present = Date.now() - performance.now();
  if (Math.abs(present - offset) > TOLERANCE_MS) offset = present;
  return offset;
}
