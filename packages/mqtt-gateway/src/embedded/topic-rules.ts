import { Quota } from './quotas.js';

/** Limits of a topic or filter: each level costs memory wherever topics are compared. */
const MAX_TOPIC_BYTES = 1024;
const MAX_LEVELS = 32;
/** Subscriptions of one client. */
const MAX_SUBSCRIPTIONS = 1000;
/** Bytes that the subscriptions of one client, and of all clients, may cost. */
const MAX_CLIENT_BYTES = 4_194_304;
const MAX_TOTAL_BYTES = 16_777_216;
/** Bytes that a subscription and each of its levels cost beside the text. */
const SUBSCRIPTION_BYTES = 1024;
const LEVEL_BYTES = 256;

/** The topics of the owner of an embedded MQTT server. */
export interface OwnerTopics {
  /** Refused to every other client. */
  readonly clientId: string;
  /** `own`: only the owner publishes there; `command`: clients send the owner commands there; undefined: any other topic. */
  kindOf(topic: string): 'own' | 'command' | undefined;
}

/** Whether a topic or filter is short enough. */
export function fitsTopic(topic: string): boolean {
  return (
    topic.length <= MAX_TOPIC_BYTES && Buffer.byteLength(topic) <= MAX_TOPIC_BYTES && levelsOf(topic) <= MAX_LEVELS
  );
}

function levelsOf(topic: string): number {
  let levels = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) levels += 1;
  return levels;
}

/**
 * Why a client may not publish to a topic, or undefined if it may.
 *
 * @param allowsCommands whether clients are authenticated, or on this machine
 */
export function publishRefusal(
  topic: string,
  owner: OwnerTopics | undefined,
  allowsCommands: boolean,
): string | undefined {
  // aedes does not check the topic of a will.
  if (topic === '' || /[+#]/.test(topic) || topic.startsWith('$') || !fitsTopic(topic)) return 'topic';
  const kind = owner?.kindOf(topic);
  if (kind === 'own') return 'own-topic';
  return kind === 'command' && !allowsCommands ? 'anonymous' : undefined;
}

interface FilterNode {
  readonly next: Map<string, FilterNode>;
  /** A filter ends here. */
  isEnd: boolean;
}

/** Topic filters as a tree: a match costs the levels of the topic, not the number of filters. */
export class TopicFilters {
  readonly #root: FilterNode = { next: new Map(), isEnd: false };

  constructor(filters: Iterable<string>) {
    for (const filter of filters) {
      let node = this.#root;
      for (const level of filter.split('/')) {
        const next = node.next.get(level) ?? { next: new Map(), isEnd: false };
        node.next.set(level, next);
        node = next;
      }
      node.isEnd = true;
    }
  }

  /** Whether a filter matches. Wildcards match no topic that begins with `$` (MQTT 3.1.1, section 4.7.2). */
  match(topic: string): boolean {
    return matches(this.#root, topic.split('/'), 0, topic.startsWith('$'));
  }
}

function matches(node: FilterNode, levels: readonly string[], at: number, isReserved: boolean): boolean {
  // `a/#` matches `a` too.
  if (!isReserved && node.next.get('#')?.isEnd) return true;
  const level = levels[at];
  if (level === undefined) return node.isEnd;
  return [level, ...(isReserved ? [] : ['+'])].some((name) => {
    const next = node.next.get(name);
    return next !== undefined && matches(next, levels, at + 1, false);
  });
}

interface Subscriber {
  readonly address: string;
}

interface Account {
  readonly costs: Map<string, number>;
  bytes: number;
}

/** Counts what subscriptions cost, so that neither one client nor all of them can fill the memory. */
export class SubscriptionQuota {
  readonly #accounts = new Map<Subscriber, Account>();
  readonly #quota = new Quota(MAX_TOTAL_BYTES);

  /** @returns false for a filter that is too long, or a subscription too many */
  add(subscriber: Subscriber, filter: string): boolean {
    const account = this.#accounts.get(subscriber) ?? { costs: new Map<string, number>(), bytes: 0 };
    if (account.costs.has(filter)) return true;
    if (!fitsTopic(filter) || account.costs.size >= MAX_SUBSCRIPTIONS) return false;
    const cost = Buffer.byteLength(filter) + levelsOf(filter) * LEVEL_BYTES + SUBSCRIPTION_BYTES;
    if (account.bytes + cost > MAX_CLIENT_BYTES || !this.#quota.admits(subscriber.address, cost)) return false;
    this.#accounts.set(subscriber, account);
    account.costs.set(filter, cost);
    this.#change(subscriber, account, cost);
    return true;
  }

  remove(subscriber: Subscriber, filters: readonly string[]): void {
    const account = this.#accounts.get(subscriber);
    for (const filter of filters) {
      const cost = account?.costs.get(filter);
      if (!account || cost === undefined) continue;
      account.costs.delete(filter);
      this.#change(subscriber, account, -cost);
    }
  }

  /** Removes all subscriptions of a client that has disconnected. */
  clear(subscriber: Subscriber): void {
    const account = this.#accounts.get(subscriber);
    if (account) this.#change(subscriber, account, -account.bytes);
    this.#accounts.delete(subscriber);
  }

  #change(subscriber: Subscriber, account: Account, by: number): void {
    account.bytes += by;
    this.#quota.change(subscriber.address, by);
  }
}
