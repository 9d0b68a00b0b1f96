import {
  Counters,
  type ListenOptions,
  type Logger,
  Pace,
  type Producer,
  type Sequenced,
  type Subscribable,
  type Subscription,
  silentLogger,
  subscription,
} from '@framehub/frame';

/** Options of a subscription. `signal` ends it when it aborts. */
export interface SubscribeOptions extends ListenOptions {
  /** Frames per second at most, thinned evenly. @default Infinity */
  readonly fps?: number;
  /**
   * Key of the remote client, usually its address: topics are limited per client.
   * @default the program itself, to which no limit applies
   */
  readonly client?: string | undefined;
}

/** Options of a {@link Topic}. */
export interface TopicOptions {
  /** @default a logger that discards everything */
  readonly logger?: Logger;
  /** Called when the last subscriber has left. */
  readonly onIdle?: () => void;
}

/**
 * Distributes the frames of one producer to any number of subscribers, under a name.
 *
 * The producer runs exactly while there are subscribers. Each frame is delivered to all of them at once, in order of
 * sequence, on the publisher's stack; the newest is kept. There is no queue: a subscriber that is not ready ignores the
 * frame and later reads {@link Topic.latest}, which is the newest frame by then.
 */
export class Topic<T extends Sequenced> implements Subscribable<T> {
  readonly name: string;
  /** Frames that were not published: `late` came after a newer one. */
  readonly dropped = new Counters();
  readonly #subscribers = new Set<Subscriber<T>>();
  /** Number of subscriptions by client; undefined is the program itself. */
  readonly #clients = new Map<string | undefined, number>();
  readonly #producer: Producer<T>;
  readonly #logger: Logger;
  readonly #onIdle: () => void;
  #running: Subscription | undefined;
  #latest: T | undefined;
  #published = 0;

  /** @param producer started for the first subscriber, and stopped after the last */
  constructor(name: string, producer: Producer<T>, { logger = silentLogger, onIdle = () => {} }: TopicOptions = {}) {
    this.name = name;
    this.#producer = producer;
    this.#logger = logger;
    this.#onIdle = onIdle;
  }

  /** The newest frame while there are subscribers; undefined without. */
  get latest(): T | undefined {
    return this.#latest;
  }

  /** Number of subscriptions. */
  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** Whether a client has a subscription; undefined is the program itself. */
  isFor(client: string | undefined): boolean {
    return this.#clients.has(client);
  }

  /** Frames published since the topic was created. */
  get published(): number {
    return this.#published;
  }

  /**
   * Adds a subscriber. The listener is never called before `subscribe` has returned. If it throws, the error is logged and
   * its subscription closed; the others are not affected.
   *
   * @returns closed to unsubscribe
   * @throws what the producer's `start` throws
   */
  subscribe(
    listener: (frame: T) => void,
    { fps = Number.POSITIVE_INFINITY, client, signal }: SubscribeOptions = {},
  ): Subscription {
    const abort = (): void => added.close();
    const subscriber: Subscriber<T> = { listener, client, pace: new Pace(fps), joinedAt: this.#published };
    const added = subscription(() => {
      signal?.removeEventListener('abort', abort);
      this.#leave(subscriber);
    });
    if (signal?.aborted) return added;
    this.#subscribers.add(subscriber);
    this.#clients.set(client, (this.#clients.get(client) ?? 0) + 1);
    if (this.#subscribers.size === 1) this.#start(subscriber);
    signal?.addEventListener('abort', abort);
    return added;
  }

  #start(first: Subscriber<T>): void {
    let running: Subscription | undefined;
    try {
      running = this.#producer.start((frame) => {
        // A stopped producer may still have a frame on its way.
        if (running !== undefined && running === this.#running) this.#publish(frame);
      });
    } catch (error) {
      this.#leave(first);
      throw error;
    }
    this.#running = running;
  }

  #publish(frame: T): void {
    // Frames are encoded out of order. One that goes back in time is worse than a missing one.
    if (this.#latest && frame.sequence <= this.#latest.sequence) {
      this.dropped.add('late');
      return;
    }
    this.#latest = frame;
    this.#published += 1;
    for (const subscriber of this.#subscribers) {
      // Stop if a listener published a newer frame or closed the last subscription.
      if (this.#latest !== frame) return;
      // A subscriber added by a listener starts with the next frame: two that add each other would never end.
      if (subscriber.joinedAt === this.#published) continue;
      if (subscriber.pace.take(frame.capturedAt)) this.#deliver(subscriber, frame);
    }
  }

  #deliver(subscriber: Subscriber<T>, frame: T): void {
    try {
      subscriber.listener(frame);
    } catch (error) {
      this.#logger.error({ topic: this.name, err: error }, 'a subscriber failed and was closed');
      this.#leave(subscriber);
    }
  }

  #leave(subscriber: Subscriber<T>): void {
    if (!this.#subscribers.delete(subscriber)) return;
    const others = (this.#clients.get(subscriber.client) ?? 0) - 1;
    if (others > 0) this.#clients.set(subscriber.client, others);
    else this.#clients.delete(subscriber.client);
    if (this.#subscribers.size > 0) return;
    const running = this.#running;
    this.#running = undefined;
    this.#latest = undefined;
    // The producer comes last: its `close` may throw or subscribe again.
    this.#onIdle();
    running?.close();
  }
}

interface Subscriber<T> {
  readonly listener: (frame: T) => void;
  readonly client: string | undefined;
  readonly pace: Pace;
  /** Frames published before it subscribed. */
  readonly joinedAt: number;
}
