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
import { newestFrames } from './newest-frames.js';
import { type SubscribeOptions, Topic } from './topic.js';

/** What a gateway may do with the bus. */
export interface FrameBus<T extends Sequenced> {
  /**
   * Subscribes to a topic, which is made for its first subscriber and removed with its last. The listener is never called
   * before `subscribe` has returned.
   *
   * @throws FramehubError `BROKER_UNKNOWN_TOPIC` where nobody provides the topic; `BROKER_TOO_MANY_TOPICS` where its
   *   provider makes as many for clients as it may, or this client has as many as it may
   */
  subscribe(topic: string, listener: (frame: T) => void, options?: SubscribeOptions): Subscription;
  /** The newest frame of a topic that has subscribers, without waiting. */
  latest(topic: string): T | undefined;
  /**
   * Waits for a frame of a topic: the latest, if it is acceptable, or else the first one after it that is. Subscribes
   * while it waits.
   *
   * @throws what `subscribe` throws, and the signal's reason when it aborts
   * @example
   * const frame = await broker.next('garage/jpeg', { signal: AbortSignal.timeout(2000) });
   */
  next(topic: string, options?: NextOptions<T>): Promise<T>;
  /**
   * The frames of a topic as an async iterator that always yields the newest: a slow loop skips frames, and at most one
   * is kept for it. The subscription begins with the first `next()` and ends with the loop.
   *
   * @example
   * for await (const frame of broker.frames('garage/jpeg', { fps: 1 })) await save(frame.data);
   */
  frames(topic: string, options?: SubscribeOptions): AsyncIterableIterator<T>;
  /** The topics that exist now. */
  topics(): readonly TopicInfo[];
}

export interface NextOptions<T> extends Omit<SubscribeOptions, 'fps'> {
  /** Whether a frame is the one to wait for. @default every frame */
  readonly accept?: (frame: T) => boolean;
}

export interface TopicInfo {
  readonly name: string;
  readonly provider: string;
  readonly subscribers: number;
  readonly published: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Makes the producer of a topic, or returns undefined for a topic that it does not provide. May throw for an invalid one. */
export type TopicFactory<T> = (topic: string) => Producer<T> | undefined;

export interface ProvideOptions {
  /** Topics that are always available and count against no limit. @default none */
  readonly always?: (topic: string) => boolean;
}

export interface BrokerOptions {
  /** Topics that one provider makes for clients at a time: each rendition costs an encode per frame. @default 16 */
  readonly maxTopicsPerProvider?: number;
  /** How many of those one client may have, shared ones included. @default 4 */
  readonly maxTopicsPerClient?: number;
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

/** The bus: knows topics by name and who provides them. Knows no camera, codec or socket. */
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
   * Registers a provider of topics. For each topic that does not exist yet, providers are asked in order of registration.
   *
   * @returns closed to remove the provider: its topics live on until their last subscriber has left, but take no others
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
    const { provider, topic } = this.#find(name) ?? this.#make(name);
    this.#assertRoom(provider, topic, options.client);
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
      const settle = (act: () => void): void => {
        waiting.close();
        signal?.removeEventListener('abort', abort);
        act();
      };
      const abort = (): void => settle(() => reject(signal?.reason));
      const take = (frame: T): void => {
        if (accept(frame)) settle(() => resolve(frame));
      };
      const waiting = this.subscribe(topic, take, { client });
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

  /** Frames dropped on all topics that a provider has had, by reason. */
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

  /** Not listed yet. */
  #make(name: string): Found<T> {
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
    throw new FramehubError('BROKER_UNKNOWN_TOPIC', `nobody provides the topic '${name}'`, { topic: name });
  }

  #assertRoom(provider: Provider<T>, wanted: Topic<T>, client: string | undefined): void {
    if (client === undefined || provider.always(wanted.name) || wanted.isFor(client)) return;
    const limited = [...provider.topics.values()].filter(({ name }) => !provider.always(name));
    // A topic that others have made counts as well: it stays when they go.
    if (limited.filter((topic) => topic.isFor(client)).length >= this.#maxPerClient)
      throw tooMany(provider.name, this.#maxPerClient, 'made for this client');
    // The program's own cost no client its place.
    const made = limited.filter((topic) => !topic.isFor(undefined));
    if (made.length >= this.#maxTopics && !limited.includes(wanted))
      throw tooMany(provider.name, this.#maxTopics, 'being made');
  }
}

function tooMany(provider: string, limit: number, what: string): FramehubError {
  return new FramehubError(
    'BROKER_TOO_MANY_TOPICS',
    `${limit} different pictures of '${provider}' are ${what}, which is the limit: ask for one of those or the plain one, or try again later`,
    { provider, limit },
  );
}
