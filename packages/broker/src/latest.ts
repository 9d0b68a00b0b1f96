import type { SubscribeOptions, Subscription } from './topic.js';

export interface LatestOptions extends SubscribeOptions {
  /** Ends the iteration quietly, as a `break` would. */
  readonly signal?: AbortSignal;
}

/**
 * Turns a subscription into an async iterator that always gives the newest frame: a slow loop skips frames,
 * and holds one at most. The subscription begins with the first `next` and ends with the iteration.
 */
export async function* latest<T>(
  subscribe: (listener: (frame: T) => void) => Subscription,
  { signal }: LatestOptions = {},
): AsyncGenerator<T, void, undefined> {
  let newest: T | undefined;
  let wake = () => {};
  const subscription = subscribe((frame) => {
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
    subscription.close();
  }
}
