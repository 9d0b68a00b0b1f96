import {
  Counters,
  type Logger,
  Pace,
  type Producer,
  type Sequenced,
  type Subscribable,
  silentLogger,
} from '@framehub/frame';

/** One consumer's place on a topic. */
export interface Subscription {
  /** Ends the delivery; may be called at any time, also from within the listener, and more than once. */
  close(): void;
}

export interface SubscribeOptions {
  /** Frames a second at most, thinned evenly. @default Infinity */
  readonly fps?: number;
  /**
   * Whom this is for, as far as shares go: a remote client's address. @default the program itself, which no limit of
   * topics holds for
   */
  readonly client?: string | undefined;
}

export interface TopicOptions {
  readonly logger?: Logger;
  /** Called when the last subscriber has gone. */
  readonly onIdle?: () => void;
}

/**
 * A named place where one producer's frames meet any number of subscribers.
 *
 * The producer runs exactly while there are subscribers. Each frame is given to all of them at once, in order of
 * sequence, on the publisher's stack; the newest is retained. There is no queue: a subscriber that is not ready
 * remembers nothing and later takes {@link Topic.retained}, which is the newest frame by then.
 */
export class Topic<T extends Sequenced> implements Subscribable<T> {
  readonly dropped = new Counters();
  readonly #subscribers = new Set<Subscriber<T>>();
  /** Subscriptions by client; undefined is the program itself. */
  readonly #clients = new Map<string | undefined, number>();
  readonly #producer: Producer<T>;
  readonly #logger: Logger;
  readonly #onIdle: () => void;
  #stop: (() => void) | undefined;
  #retained: T | undefined;
  #published = 0;

  constructor(
    readonly name: string,
    producer: Producer<T>,
    { logger = silentLogger, onIdle = () => {} }: TopicOptions = {},
  ) {
    this.#producer = producer;
    this.#logger = logger;
    this.#onIdle = onIdle;
  }

  /** The newest frame, while anybody subscribes: without subscribers it would only grow old. */
  get retained(): T | undefined {
    return this.#retained;
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** Whether a client subscribes; undefined asks for the program itself. */
  isFor(client: string | undefined): boolean {
    return this.#clients.has(client);
  }

  /** Frames published since the topic was made. */
  get published(): number {
    return this.#published;
  }

  /** A listener that throws is logged and closed: its fault costs nobody else a frame. */
  subscribe(
    listener: (frame: T) => void,
    { fps = Number.POSITIVE_INFINITY, client }: SubscribeOptions = {},
  ): Subscription {
    const subscriber: Subscriber<T> = { listener, client, pace: new Pace(fps), joinedAt: this.#published };
    this.#subscribers.add(subscriber);
    this.#clients.set(client, (this.#clients.get(client) ?? 0) + 1);
    if (this.#subscribers.size === 1) this.#start(subscriber);
    return { close: () => this.#leave(subscriber) };
  }

  #start(first: Subscriber<T>): void {
    let current = true;
    let stop = () => {};
    this.#stop = () => {
      current = false;
      stop();
    };
    try {
      // A stopped producer may still have a frame on its way; it belongs to nobody then.
      stop = this.#producer.start((frame) => {
        if (current) this.#publish(frame);
      });
    } catch (error) {
      this.#leave(first);
      throw error;
    }
    // The first frame may come while `start` runs, and may have been all that the subscriber wanted.
    if (!current) stop();
  }

  #publish(frame: T): void {
    // Encodes finish out of order. A picture that goes back in time is worse than one picture less.
    if (this.#retained && frame.sequence <= this.#retained.sequence) {
      this.dropped.add('late');
      return;
    }
    this.#retained = frame;
    this.#published += 1;
    for (const subscriber of this.#subscribers) {
      // A listener may have brought about a newer frame, or the end of all: then this one is nobody's any more.
      if (this.#retained !== frame) return;
      // Whoever joins from within a listener begins with the next frame, or two who invite each other would never end.
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
    const stop = this.#stop;
    this.#stop = undefined;
    this.#retained = undefined;
    // The producer comes last: if its stop fails, or subscribes anew, this topic is done with already.
    this.#onIdle();
    stop?.();
  }
}

interface Subscriber<T> {
  readonly listener: (frame: T) => void;
  readonly client: string | undefined;
  readonly pace: Pace;
  /** Frames published before it came. */
  readonly joinedAt: number;
}
