import { closeSync, openSync } from 'node:fs';
import { within } from '@framehub/frame';
import { endProcess, endProcessSoon } from './end-process.js';

/** A terminal sends Ctrl-C to npm too, which passes it on: twice within this time is once. */
const ONE_KEYSTROKE_MS = 300;

export interface StopSignalOptions {
  /** Handles a SIGHUP that is not the terminal's end. @returns false to stop. @default stops */
  readonly hangup?: () => boolean;
  /** Handles an error without a handler. @returns whether the process goes on. @default it does not */
  readonly fault?: (error: unknown) => boolean;
}

/**
 * Resolves with the first signal to end the process; the next one ends it at once. Rejects with an error without a handler
 * that `fault` does not handle: cameras can still be restored.
 */
export function stopSignal({
  hangup = () => false,
  fault = () => false,
}: StopSignalOptions = {}): Promise<NodeJS.Signals> {
  const stopped = new Promise<NodeJS.Signals>((resolve, reject) => {
    let firstAt = 0;
    const stop = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      if (firstAt > 0 && now - firstAt > ONE_KEYSTROKE_MS) endProcess(1);
      if (firstAt === 0) firstAt = now;
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
    process.on('SIGHUP', (signal) => {
      if (terminalGone() || !hangup()) stop(signal);
    });
    // Rejections without a handler come here as well.
    process.on('uncaughtException', (error) => {
      if (!fault(error)) reject(error);
    });
  });
  // It may reject before anything waits for it.
  stopped.catch(() => {});
  return stopped;
}

/** Runs a task that a stop signal aborts. Resolves or rejects as it does, and ends the process after it. */
export async function stoppable<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const fault = stopSignal().then(
    () => {
      abort.abort();
      return new Promise<never>(() => {});
    },
    (error: unknown) => {
      abort.abort();
      throw error;
    },
  );
  try {
    return await firstOf(task(abort.signal), fault);
  } finally {
    endProcessSoon();
  }
}

/** What comes first: the result of a task, or the signal to stop. */
export function firstOf<T, S>(task: Promise<T>, stopped: Promise<S>): Promise<T | S> {
  return new Promise((resolve, reject) => {
    for (const promise of [task, stopped]) promise.then(resolve, reject);
  });
}

/** Waits for some work. @returns whether it was done in time */
export async function doneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const done = work.then(() => true);
  return (await within(done, ms)) ?? false;
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
