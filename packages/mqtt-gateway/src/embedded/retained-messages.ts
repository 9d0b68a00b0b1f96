import { Quota } from './quotas.js';
import { TopicFilters } from './topic-rules.js';

/** Topics for which clients together may have retained messages. */
const MAX_TOPICS = 4000;
/** Bytes that a message costs beside its topic and payload. */
const MESSAGE_BYTES = 512;

export interface RetainedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
}

interface Entry extends RetainedMessage {
  /** The client's address; undefined: the owner's message. */
  readonly address: string | undefined;
  readonly bytes: number;
}

/**
 * The newest retained message of each topic. The owner's are always kept; those of all clients share a number of bytes
 * and topics, of which one address gets at most half. A message beyond that is refused: none is pushed out.
 */
export class RetainedMessages {
  readonly #entries = new Map<string, Entry>();
  readonly #byteQuota: Quota;
  readonly #topicQuota = new Quota(MAX_TOPICS);
  #bytes = 0;

  /** @param maxBytes of all clients together */
  constructor(maxBytes: number) {
    this.#byteQuota = new Quota(maxBytes);
  }

  /** Bytes of all messages, including the owner's. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Replaces the message of a topic; an empty one deletes it.
   *
   * @param message the owner's payload is borrowed, a client's is copied
   * @param address of the client; undefined: the owner, who has no limit
   * @returns false if there is no room: nothing has changed
   */
  put({ topic, payload, qos }: RetainedMessage, address?: string): boolean {
    const before = this.#entries.get(topic);
    if (before) this.#delete(before);
    if (payload.length === 0) return true;
    const bytes = Buffer.byteLength(topic) + payload.length + MESSAGE_BYTES;
    if (address === undefined) this.#add({ topic, payload, qos, address, bytes });
    else if (this.#byteQuota.admits(address, bytes) && this.#topicQuota.admits(address, 1))
      this.#add({ topic, payload: ownCopy(payload), qos, address, bytes });
    else {
      if (before) this.#add(before);
      return false;
    }
    return true;
  }

  /** The messages that filters match. One that is deleted or replaced before its turn is skipped. */
  *matching(filters: readonly string[]): Generator<RetainedMessage> {
    for (const entry of this.#find(filters)) if (this.#entries.get(entry.topic) === entry) yield entry;
  }

  #find(filters: readonly string[]): Entry[] {
    if (filters.every((filter) => !/[+#]/.test(filter)))
      return [...new Set(filters)].flatMap((topic) => this.#entries.get(topic) ?? []);
    const tree = new TopicFilters(filters);
    return [...this.#entries.values()].filter(({ topic }) => tree.match(topic));
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.topic, entry);
    this.#count(entry, 1);
  }

  #delete(entry: Entry): void {
    this.#entries.delete(entry.topic);
    this.#count(entry, -1);
  }

  #count({ address, bytes }: Entry, sign: 1 | -1): void {
    this.#bytes += sign * bytes;
    if (address === undefined) return;
    this.#byteQuota.change(address, sign * bytes);
    this.#topicQuota.change(address, sign);
  }
}

/** A part of a larger buffer would keep all of it in memory. */
function ownCopy(payload: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(copy);
  return copy;
}
