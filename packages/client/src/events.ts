import { Emitter, type ListenOptions, type Subscription } from '@framehub/frame/async';

/** Events that wait for a loop, at most; then the oldest is dropped. */
const MAX_QUEUED_EVENTS = 1000;

/** Listeners of events by name, and async iterators of them. An error of a listener becomes an uncaught exception. */
export class Events<E extends object> {
  readonly #emitters = new Map<keyof E, Emitter<never>>();
  readonly #closing = new Emitter<void>();
  #closed = false;

  on<K extends keyof E>(name: K, listener: (event: E[K]) => void, options?: ListenOptions): Subscription {
    const emitter = (this.#emitters.get(name) as Emitter<E[K]> | undefined) ?? new Emitter<E[K]>();
    this.#emitters.set(name, emitter as Emitter<never>);
    return emitter.subscribe(listener, options);
  }

  has(name: keyof E): boolean {
    return (this.#emitters.get(name)?.size ?? 0) > 0;
  }

  emit<K extends keyof E>(name: K, event: E[K]): void {
    (this.#emitters.get(name) as Emitter<E[K]> | undefined)?.emit(event);
  }

  /** Events from the first `next()` on, until the signal aborts or `close` is called. */
  async *iterate<K extends keyof E>(name: K, { signal }: ListenOptions = {}): AsyncGenerator<E[K], void, undefined> {
    const queue: E[K][] = [];
    let wake = (): void => {};
    const onAbort = (): void => wake();
    const listener = this.on(name, (event) => {
      queue.push(event);
      if (queue.length > MAX_QUEUED_EVENTS) queue.shift();
      wake();
    });
    const closing = this.#closing.subscribe(onAbort);
    signal?.addEventListener('abort', onAbort);
    try {
      while (!signal?.aborted && !this.#closed) {
        if (queue.length > 0) yield queue.shift() as E[K];
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      listener.close();
      closing.close();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends all iterations. Listeners stay. */
  close(): void {
    this.#closed = true;
    this.#closing.emit();
  }
}
