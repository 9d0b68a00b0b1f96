import type { Subscription } from '@framehub/frame';

/**
 * Turns a subscription into an async iterator that always yields the newest frame and keeps at most one.
 *
 * @param subscribe called at the first `next()`
 * @param signal ends the iteration without an error, as `break` does
 */
export async function* newestFrames<T>(
  subscribe: (listener: (frame: T) => void) => Subscription,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  let newest: T | undefined;
  let wake = () => {};
  using _ = subscribe((frame) => {
    newest = frame;
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    while (!signal?.aborted) {
      if (newest === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const frame = newest;
      newest = undefined;
      yield frame;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
