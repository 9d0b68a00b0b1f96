const FIRST_MS = 250;
const MOST_MS = 30_000;

/**
 * Milliseconds to wait after so many failures in a row, from 0: doubling, and anything between half of it and all of
 * it, so that those who lost the same server do not come back at once.
 */
export function backOff(failures: number, random: () => number = Math.random): number {
  return Math.min(FIRST_MS * 2 ** failures, MOST_MS) * (0.5 + random() / 2);
}
