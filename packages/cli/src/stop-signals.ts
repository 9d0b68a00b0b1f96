import { closeSync, openSync } from 'node:fs';
import { endProcess } from './end-process.js';

/** A terminal sends Ctrl-C to npm too, which passes it on: twice within a moment is once. */
const ONE_KEYSTROKE_MS = 300;

export interface StopSignalOptions {
  /** What SIGHUP means instead, unless it is the terminal's end; returns whether it means anything. @default nothing */
  readonly hangup?: () => boolean;
  /** Takes a fault that nobody caught; returns whether the process goes on. @default it does not */
  readonly fault?: (error: unknown) => boolean;
}

/**
 * Resolves with the first signal that asks the process to end; the next one ends it at once. Rejects with a fault that
 * nobody caught and `fault` does not take: cameras can still be put back.
 */
export function stopSignal({
  hangup = () => false,
  fault = () => false,
}: StopSignalOptions = {}): Promise<NodeJS.Signals> {
  const stopped = new Promise<NodeJS.Signals>((resolve, reject) => {
    let askedAt = 0;
    const stop = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      if (askedAt > 0 && now - askedAt > ONE_KEYSTROKE_MS) endProcess(1);
      if (askedAt === 0) askedAt = now;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
    process.on('SIGHUP', (signal) => {
      if (terminalGone() || !hangup()) stop(signal);
    });
    // Rejections that nobody handles come here as well.
    process.on('uncaughtException', (error) => {
      if (!fault(error)) reject(error);
    });
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
