import { readdirSync, readlinkSync } from 'node:fs';

/** Devices that this process has open. */
export const openNodes = () =>
  readdirSync('/proc/self/fd')
    .map(targetOf)
    .filter((target) => target.startsWith('/dev/video'));

/** Resolves when this process has no device open: a thread in the driver comes back when that lets it. */
export async function released() {
  while (openNodes().length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

function targetOf(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that the folder was read with.
    return '';
  }
}
