/** Something that goes on until it is closed: a listener, a producer at work, a registration. */
export interface Subscription extends Disposable {
  /** Ends it. May be called at any time and more than once. */
  close(): void;
}

/**
 * Makes a {@link Subscription} of what ends it.
 *
 * @param close called once, by the first `close()` or at the end of a `using` block
 */
export function subscription(close: () => void): Subscription {
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    close();
  };
  return { close: end, [Symbol.dispose]: end };
}

/** What can be said about a listener when it is added. */
export interface ListenOptions {
  /** Removes the listener when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A set of listeners. A listener that throws does not keep the others from being called.
 *
 * @example
 * const changes = new Emitter<string>((error) => logger.error({ err: error }, 'a listener failed'));
 * using listening = changes.subscribe((name) => console.log(name));
 * changes.emit('garage');
 */
export class Emitter<T> {
  readonly #listeners = new Set<{ readonly listener: (event: T) => void }>();
  readonly #onError: (error: unknown) => void;

  /** @param onError called with what a listener throws. Default: throws it outside of `emit`, as an uncaught exception */
  constructor(onError: (error: unknown) => void = rethrow) {
    this.#onError = onError;
  }

  /** Number of listeners. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Adds a listener. A function that is added twice is called twice. */
  subscribe(listener: (event: T) => void, { signal }: ListenOptions = {}): Subscription {
    const entry = { listener };
    const abort = (): void => added.close();
    const added = subscription(() => {
      this.#listeners.delete(entry);
      signal?.removeEventListener('abort', abort);
    });
    if (signal?.aborted) return added;
    this.#listeners.add(entry);
    signal?.addEventListener('abort', abort);
    return added;
  }

  /** Calls every listener that is subscribed now, in order of subscription. */
  emit(event: T): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
