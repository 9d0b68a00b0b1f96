import { Counters, FramehubError, type Logger, type Producer, type Sequenced, silentLogger } from '@framehub/frame';
import { type LatestOptions, latest } from './latest.js';
import { type SubscribeOptions, type Subscription, Topic } from './topic.js';

/** What a gateway may do with the bus. */
export interface TopicReader<T extends Sequenced> {
  /**
   * Subscribes to a topic, which is made on its first subscription and gone with its last.
   * Throws `BROKER_UNKNOWN_TOPIC` where nobody provides it, `BROKER_TOO_MANY_TOPICS` where its provider has enough.
   */
  subscribe(topic: string, listener: (frame: T) => void, options?: SubscribeOptions): Subscription;
  /** The newest frame of a topic that somebody subscribes to. */
  retained(topic: string): T | undefined;
  /** The same as an async iterator, for programs: see {@link latest}. */
  frames(topic: string, options?: LatestOptions): AsyncIterableIterator<T>;
  /** The topics that exist now. */
  topics(): readonly TopicInfo[];
}

export interface TopicInfo {
  readonly name: string;
  readonly provider: string;
  readonly subscribers: number;
  readonly published: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Makes the producer of a topic, or returns undefined for a name that is none of its own. May throw for a bad one. */
export type TopicFactory<T> = (topic: string) => Producer<T> | undefined;

export interface BrokerOptions {
  /** Topics that one provider may have at a time: each rendition costs an encode a frame. @default 16 */
  readonly maxTopicsPerProvider?: number;
  readonly logger?: Logger;
}

interface Provider<T extends Sequenced> {
  readonly factory: TopicFactory<T>;
  readonly topics: Map<string, Topic<T>>;
  /** Drops on topics that are gone. */
  readonly dropped: Counters;
}

/** The bus: knows topics by name and who provides them. Knows no camera, codec or socket. */
export class Broker<T extends Sequenced> implements TopicReader<T> {
  readonly #providers = new Map<string, Provider<T>>();
  readonly #max: number;
  readonly #logger: Logger;

  constructor({ maxTopicsPerProvider = 16, logger = silentLogger }: BrokerOptions = {}) {
    this.#max = maxTopicsPerProvider;
    this.#logger = logger;
  }

  /**
   * Announces who makes topics: asked, in order of announcement, for each topic that does not exist yet.
   * @returns takes the provider away, and its topics with it: they live on for those who have subscribed, until the last
   *   has gone, and nobody else comes to them
   */
  provide(name: string, factory: TopicFactory<T>): () => void {
    if (this.#providers.has(name))
      throw new FramehubError('BROKER_DUPLICATE_PROVIDER', `there is a provider '${name}' already`, { provider: name });
    const provider = { factory, topics: new Map(), dropped: new Counters() };
    this.#providers.set(name, provider);
    return () => {
      if (this.#providers.get(name) === provider) this.#providers.delete(name);
    };
  }

  subscribe(topic: string, listener: (frame: T) => void, options?: SubscribeOptions): Subscription {
    return (this.#find(topic) ?? this.#make(topic)).subscribe(listener, options);
  }

  retained(topic: string): T | undefined {
    return this.#find(topic)?.retained;
  }

  frames(topic: string, options?: LatestOptions): AsyncIterableIterator<T> {
    return latest((listener) => this.subscribe(topic, listener, options), options);
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

  #find(name: string): Topic<T> | undefined {
    for (const { topics } of this.#providers.values()) {
      const topic = topics.get(name);
      if (topic) return topic;
    }
    return undefined;
  }

  #make(name: string): Topic<T> {
    for (const [provider, { factory, topics, dropped }] of this.#providers) {
      const producer = factory(name);
      if (!producer) continue;
      this.#assertRoom(provider, topics.size);
      const onIdle = (): void => {
        topics.delete(name);
        dropped.addAll(topic.dropped.toJSON());
      };
      const topic = new Topic(name, producer, { logger: this.#logger, onIdle });
      topics.set(name, topic);
      return topic;
    }
    throw new FramehubError('BROKER_UNKNOWN_TOPIC', `nobody provides the topic '${name}'`, { topic: name });
  }

  #assertRoom(provider: string, theirs: number): void {
    if (theirs < this.#max) return;
    throw new FramehubError(
      'BROKER_TOO_MANY_TOPICS',
      `${theirs} different pictures of '${provider}' are being made, which is the limit: ask for one of those, or try again later`,
      { provider, limit: this.#max },
    );
  }
}
