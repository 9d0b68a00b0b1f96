import { Counters, FramehubError, type Logger, type Producer, type Sequenced, silentLogger } from '@framehub/frame';
import { type LatestOptions, latest } from './latest.js';
import { type SubscribeOptions, type Subscription, Topic } from './topic.js';

/** What a gateway may do with the bus. */
export interface TopicReader<T extends Sequenced> {
  /**
   * Subscribes to a topic, which is made on its first subscription and gone with its last.
   * Throws `BROKER_UNKNOWN_TOPIC` where nobody provides it, `BROKER_TOO_MANY_TOPICS` where its provider makes enough for
   * clients, or this client has its share.
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

export interface ProvideOptions {
  /** Topics that are always to be had, and count against no limit. @default none */
  readonly always?: (topic: string) => boolean;
}

export interface BrokerOptions {
  /** Topics that one provider makes for clients at a time: each rendition costs an encode a frame. @default 16 */
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
export class Broker<T extends Sequenced> implements TopicReader<T> {
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
   * Announces who makes topics: asked, in order of announcement, for each topic that does not exist yet.
   * @returns takes the provider away, and its topics with it: they live on for those who have subscribed, until the last
   *   has gone, and nobody else comes to them
   */
  provide(name: string, factory: TopicFactory<T>, { always = () => false }: ProvideOptions = {}): () => void {
    if (this.#providers.has(name))
      throw new FramehubError('BROKER_DUPLICATE_PROVIDER', `there is a provider '${name}' already`, { provider: name });
    const provider = { name, factory, always, topics: new Map(), dropped: new Counters() };
    this.#providers.set(name, provider);
    return () => {
      if (this.#providers.get(name) === provider) this.#providers.delete(name);
    };
  }

  subscribe(name: string, listener: (frame: T) => void, options: SubscribeOptions = {}): Subscription {
    const { provider, topic } = this.#find(name) ?? this.#make(name);
    this.#assertRoom(provider, topic, options.client);
    provider.topics.set(name, topic);
    return topic.subscribe(listener, options);
  }

  retained(topic: string): T | undefined {
    return this.#find(topic)?.topic.retained;
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
