import { closeSync, openSync } from 'node:fs';

/** A terminal sends Ctrl-C to npm too, which passes it on: twice within a moment is once. */
const ONE_KEYSTROKE_MS = 300;

/**
 * Resolves with the first signal that asks the process to end; the next one ends it at once.
 * Rejects with a fault that nobody caught: what follows is not to be trusted, but cameras can still be put back.
 *
 * @param hangup what SIGHUP means instead, unless it is the terminal's end; returns whether it means anything
 */
export function stopSignal(hangup: () => boolean = () => false): Promise<NodeJS.Signals> {
  const stopped = new Promise<NodeJS.Signals>((resolve, reject) => {
    let askedAt = 0;
    const stop = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      if (askedAt > 0 && now - askedAt > ONE_KEYSTROKE_MS) process.exit(1);
      if (askedAt === 0) askedAt = now;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
    process.on('SIGHUP', (signal) => {
      if (terminalGone() || !hangup()) stop(signal);
    });
    process.on('uncaughtException', reject);
  });
  // Whoever waits for it learns of a fault; it may come before anybody does.
  stopped.catch(() => {});
  return stopped;
}

/** Whether this ran in a terminal that has been closed. */
function terminalGone(): boolean {
  if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

/** Waits for some work, but not longer than it may take. Returns whether it was done in time. */
export async function within(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
