/**
 * Waits for a promise, but not longer than a time limit.
 *
 * @param ms milliseconds; Infinity: only the signal ends the waiting
 * @param signal ends the waiting early
 * @returns what the promise resolves to, or undefined when the time is over or the signal aborts first; the promise's
 *   later result or failure is ignored then
 * @throws what the promise rejects with in time
 */
export async function within<T>(promise: Promise<T>, ms: number, signal?: AbortSignal): Promise<T | undefined> {
  let giveUp = (): void => {};
  const givenUp = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  if (signal?.aborted) giveUp();
  const timer = Number.isFinite(ms) ? setTimeout(giveUp, ms) : undefined;
  signal?.addEventListener('abort', giveUp);
  try {
    return await Promise.race([promise, givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
