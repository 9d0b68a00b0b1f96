/**
 * Waits for a promise, but not for ever. Resolves to undefined when it does not settle in time or the signal fires; what
 * becomes of it then is of no interest.
 *
 * @param timeout milliseconds
 */
export async function settledWithin<T>(
  promise: Promise<T>,
  timeout: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  let giveUp = (): void => {};
  const givenUp = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
  });
  if (signal.aborted) giveUp();
  const timer = setTimeout(giveUp, timeout);
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([promise, givenUp]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
