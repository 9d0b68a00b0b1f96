import { endProcessSoon } from '../end-process.js';
import { stopSignal } from '../stop-signals.js';

/** Does some work that a signal ends. Resolves or rejects as it does. */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const stopped = stopSignal();
  const fault = stopped.then(
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
    return await Promise.race([work(abort.signal), fault]);
  } finally {
    endProcessSoon();
  }
}
