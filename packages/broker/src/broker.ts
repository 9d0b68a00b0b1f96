import {
  Counters,
  FramehubError,
  type Logger,
  type Producer,
  type Sequenced,
  type Subscription,
  silentLogger,
  subscription,
} from '@framehub/frame';
import { type SubscribeOptions, Topic } from './topic.js';

/** The bus as gateways use it. */
export interface FrameBus<T extends Sequenced> {
  /**
   * Subscribes to a topic, which is created for its first subscriber and removed with its last. The listener is never
   * called before `subscribe` has returned. Frames are borrowed: shared by all subscribers, never to be changed.
   *
   * @returns closed to unsubscribe
   * @throws FramehubError `BROKER_UNKNOWN_TOPIC` if no provider has the topic; `BROKER_TOO_MANY_TOPICS` if its provider has
   *   as many topics for clients as allowed, or this client as many as allowed; what the producer's `start` throws
   */
  subscribe(topic: string, listener: (frame: T) => void, options?: SubscribeOptions): Subscription;
  /** The newest frame of a topic that has subscribers, or undefined. Never waits. */
  latest(topic: string): T | undefined;
  /**
   * Waits for a frame of a topic: the latest if it is acceptable, or else the first later one that is. Subscribes while it
   * waits.
   *
   * @throws what `subscribe` throws; the signal's reason if it aborts first
   * @example
   * const frame = await broker.next('garage/jpeg', { signal: AbortSignal.timeout(2000) });
   */
  next(topic: string, options?: NextOptions<T>): Promise<T>;
  /**
   * The frames of a topic as an async iterator that always yields the newest: a slow loop skips frames, and at most one
   * is kept for it. Subscribes at the first `next()` and until the loop ends.
   *
   * @param options `signal` ends the loop without an error, as `break` does
   * @throws what `subscribe` throws, at the first `next()`
   * @example
   * for await (const frame of broker.frames('garage/jpeg', { fps: 1 })) await save(frame.data);
   */
  frames(topic: string, options?: SubscribeOptions): AsyncIterableIterator<T>;
  /** The topics that have subscribers now. */
  topics(): readonly TopicInfo[];
}

/** Options of {@link FrameBus.next}. */
export interface NextOptions<T> extends Omit<SubscribeOptions, 'fps'> {
  /** Whether a frame is acceptable. @default every frame */
  readonly accept?: (frame: T) => boolean;
}

/** State of a topic. */
export interface TopicInfo {
  readonly name: string;
  /** Name of its provider. */
  readonly provider: string;
  readonly subscribers: number;
  /** Frames published since the topic was created. */
  readonly published: number;
  /** Frames dropped since then, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * Creates the producer of a topic.
 *
 * @returns undefined for a topic that it does not provide
 * @throws for an invalid one; `subscribe` throws the same
 */
export type TopicFactory<T> = (topic: string) => Producer<T> | undefined;

/** Options of {@link Broker.provide}. */
export interface ProvideOptions {
  /** Whether a topic is always available and counts against no limit. @default none is */
  readonly always?: (topic: string) => boolean;
}

/** Options of a {@link Broker}. */
export interface BrokerOptions {
  /** Topics of one provider that clients may have at a time: each rendition costs an encode per frame. @default 16 */
  readonly maxTopicsPerProvider?: number;
  /** Most of those for one client, including those that it shares with others. @default 4 */
  readonly maxTopicsPerClient?: number;
  /** @default a logger that discards everything */
  readonly logger?: Logger;
}

interface Provider<T extends Sequenced> {
  readonly name: string;
  readonly factory: TopicFactory<T>;
  readonly always: (topic: string) => boolean;
  readonly topics: Map<string, Topic<T>>;
  /** Drops on topics that are gone. */
  readonly dropped: Counters;
}

interface Found<T extends Sequenced> {
  readonly provider: Provider<T>;
  readonly topic: Topic<T>;
}

/** The in-process bus: topics by name, and their providers. Independent of cameras, codecs and sockets. */
export class Broker<T extends Sequenced> implements FrameBus<T> {
  readonly #providers = new Map<string, Provider<T>>();
  readonly #maxTopics: number;
  readonly #maxPerClient: number;
  readonly #logger: Logger;

  constructor({ maxTopicsPerProvider = 16, maxTopicsPerClient = 4, logger = silentLogger }: BrokerOptions = {}) {
    this.#maxTopics = maxTopicsPerProvider;
    this.#maxPerClient = maxTopicsPerClient;
    this.#logger = logger;
  }

  /**
   * Registers a provider of topics. A topic that does not exist is created by the first provider, in order of registration,
   * that has it.
   *
   * @returns closed to remove the provider: its topics go on until their last subscriber has left, but accept no others
   * @throws FramehubError `BROKER_DUPLICATE_PROVIDER` for a name that is registered
   */
  provide(name: string, factory: TopicFactory<T>, { always = () => false }: ProvideOptions = {}): Subscription {
    if (this.#providers.has(name))
      throw new FramehubError('BROKER_DUPLICATE_PROVIDER', `there is a provider '${name}' already`, { provider: name });
    const provider = { name, factory, always, topics: new Map(), dropped: new Counters() };
    this.#providers.set(name, provider);
    return subscription(() => {
      this.#providers.delete(name);
    });
  }

  subscribe(name: string, listener: (frame: T) => void, options: SubscribeOptions = {}): Subscription {
    // An aborted subscriber would leave a topic that no one ends, and that counts against the limits.
    if (options.signal?.aborted) return subscription(() => {});
    const { provider, topic } = this.#find(name) ?? this.#create(name);
    this.#checkLimits(provider, topic, options.client);
    provider.topics.set(name, topic);
    return topic.subscribe(listener, options);
  }

  latest(topic: string): T | undefined {
    return this.#find(topic)?.topic.latest;
  }

  async next(topic: string, { accept = () => true, client, signal }: NextOptions<T> = {}): Promise<T> {
    signal?.throwIfAborted();
    const latest = this.latest(topic);
    if (latest !== undefined && accept(latest)) return latest;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        waiting.close();
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        end();
        reject(signal?.reason);
      };
      const receive = (frame: T): void => {
        if (!accept(frame)) return;
        end();
        resolve(frame);
      };
      const waiting = this.subscribe(topic, receive, { client });
      signal?.addEventListener('abort', abort);
    });
  }

  frames(topic: string, options: SubscribeOptions = {}): AsyncIterableIterator<T> {
    return newestFrames((listener) => this.subscribe(topic, listener, options), options.signal);
  }

  topics(): readonly TopicInfo[] {
    return [...this.#providers].flatMap(([provider, { topics }]) =>
      [...topics.values()].map((topic) => ({
        name: topic.name,
        provider,
        subscribers: topic.subscribers,
        published: topic.published,
        dropped: topic.dropped.toJSON(),
      })),
    );
  }

  /** Frames dropped on all topics that a provider has had, by reason. @returns a copy */
  dropped(provider: string): Record<string, number> {
    const sum = new Counters();
    const { topics, dropped } = this.#providers.get(provider) ?? {};
    for (const counts of [dropped, ...[...(topics?.values() ?? [])].map((topic) => topic.dropped)])
      sum.addAll(counts?.toJSON() ?? {});
    return sum.toJSON();
  }

  #find(name: string): Found<T> | undefined {
    for (const provider of this.#providers.values()) {
      const topic = provider.topics.get(name);
      if (topic) return { provider, topic };
    }
    return undefined;
  }

  /** Creates a topic without adding it to its provider: the subscription may be refused. */
  #create(name: string): Found<T> {
    for (const provider of this.#providers.values()) {
      const producer = provider.factory(name);
      if (!producer) continue;
      const { topics, dropped } = provider;
      const onIdle = (): void => {
        topics.delete(name);
        dropped.addAll(topic.dropped.toJSON());
      };
      const topic = new Topic(name, producer, { logger: this.#logger, onIdle });
      return { provider, topic };
    }
    throw new FramehubError('BROKER_UNKNOWN_TOPIC', `no provider has the topic '${name}'`, { topic: name });
  }

  #checkLimits(provider: Provider<T>, requested: Topic<T>, client: string | undefined): void {
    if (client === undefined || provider.always(requested.name) || requested.isFor(client)) return;
    const limited = [...provider.topics.values()].filter(({ name }) => !provider.always(name));
    // A topic that it shares with others counts: it remains when they leave.
    if (limited.filter((topic) => topic.isFor(client)).length >= this.#maxPerClient)
      throw tooMany(provider.name, this.#maxPerClient, ' for one client');
    // Topics of the program itself do not count.
    const forClients = limited.filter((topic) => !topic.isFor(undefined));
    if (forClients.length >= this.#maxTopics && !limited.includes(requested))
      throw tooMany(provider.name, this.#maxTopics, '');
  }
}

function tooMany(provider: string, limit: number, scope: string): FramehubError {
  return new FramehubError(
    'BROKER_TOO_MANY_TOPICS',
    `'${provider}' has ${limit} different renditions${scope}, which is the limit: request one of those or the plain one, or try again later`,
    { provider, limit },
  );
}

/** Turns a subscription into an iterator that always yields the newest frame, and keeps at most one. */
async function* newestFrames<T>(
  subscribe: (listener: (frame: T) => void) => Subscription,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  let newest: T | undefined;
  let wake = (): void => {};
  const subscribed = subscribe((frame) => {
    newest = frame;
    wake();
  });
  const abort = (): void => wake();
  signal?.addEventListener('abort', abort);
  try {
    while (!signal?.aborted) {
      const frame = newest;
      newest = undefined;
      if (frame !== undefined) yield frame;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    subscribed.close();
    signal?.removeEventListener('abort', abort);
  }
}
