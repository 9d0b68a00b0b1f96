import { setTimeout } from 'node:timers/promises';

/** Resolves when it is so. A test that waits in vain ends by ava's time-out. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5);
}
