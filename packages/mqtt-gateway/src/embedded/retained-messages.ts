import { Filters } from './filters.js';
import { Shares } from './shares.js';

/** Topics that strangers together may have retained messages of. */
const MAX_TOPICS = 4000;
/** Bytes that a message costs beside its topic and payload. */
const OVERHEAD = 512;

export interface RetainedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
}

interface Entry extends RetainedMessage {
  /** The address it came from; undefined: the broker's owner. */
  readonly address: string | undefined;
  readonly bytes: number;
}

/**
 * The newest retained message of each topic. The owner's own are kept whatever others do; all others share a number of
 * bytes and topics, of which one address gets half at most. Who has no share left is refused: nothing is pushed out.
 */
export class RetainedMessages {
  readonly #entries = new Map<string, Entry>();
  readonly #sharedBytes: Shares;
  readonly #sharedTopics = new Shares(MAX_TOPICS);
  #bytes = 0;

  /** @param maxBytes of all others than the owner */
  constructor(maxBytes: number) {
    this.#sharedBytes = new Shares(maxBytes);
  }

  /** Bytes of all, with the owner's. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a message in place of what its topic held; an empty one takes that away.
   * @param address whose share it is; undefined: the owner's, which has no limit. His payload is borrowed, others' are copied
   * @returns false: there is no room, and nothing has changed
   */
  put({ topic, payload, qos }: RetainedMessage, address?: string): boolean {
    const before = this.#entries.get(topic);
    if (before) this.#delete(before);
    if (payload.length === 0) return true;
    const bytes = Buffer.byteLength(topic) + payload.length + OVERHEAD;
    if (address === undefined) this.#add({ topic, payload, qos, address, bytes });
    else if (this.#sharedBytes.admits(address, bytes) && this.#sharedTopics.admits(address, 1))
      this.#add({ topic, payload: ownCopy(payload), qos, address, bytes });
    else {
      if (before) this.#add(before);
      return false;
    }
    return true;
  }

  /** Those that filters match, as they are when each is asked for: one that is gone meanwhile, or another by now, is not told. */
  *matching(filters: readonly string[]): Generator<RetainedMessage> {
    for (const entry of this.#find(filters)) if (this.#entries.get(entry.topic) === entry) yield entry;
  }

  #find(filters: readonly string[]): Entry[] {
    if (filters.every((filter) => !/[+#]/.test(filter)))
      return [...new Set(filters)].flatMap((topic) => this.#entries.get(topic) ?? []);
    const all = new Filters(filters);
    return [...this.#entries.values()].filter(({ topic }) => all.match(topic));
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
    this.#sharedBytes.change(address, sign * bytes);
    this.#sharedTopics.change(address, sign);
  }
}

/** A part of a larger piece of memory would keep all of it. */
function ownCopy(payload: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(copy);
  return copy;
}
