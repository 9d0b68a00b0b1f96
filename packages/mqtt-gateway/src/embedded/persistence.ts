import { Readable } from 'node:stream';
import type { RetainedMessage, RetainedMessages } from './retained-messages.js';

/** Messages of QoS 2 that a client may have begun and not ended with PUBREL. */
const MAX_IN_FLIGHT = 1000;

/** Receives retained messages. */
export interface ReplayTarget {
  /** Resolves when the next message may be sent, or with false when the client has disconnected. */
  ready(): Promise<boolean>;
  /** Counts the replays that are running. */
  replays(change: 1 | -1): void;
}

interface Identified {
  readonly cmd: string;
  readonly messageId: number;
}

/**
 * The "persistence" of aedes. It keeps no sessions, so no messages on their way to a client; and of messages of QoS 2 only
 * their ids, since a message is passed on as soon as it comes.
 */
export class AedesPersistence {
  /** The client that is subscribing now: aedes does not pass it on. */
  subscriber: ReplayTarget | undefined;
  readonly #retained: RetainedMessages;
  readonly #count: (reason: string) => void;
  readonly #inFlight = new WeakMap<object, Set<number>>();

  /** @param count counts messages that are dropped, by reason */
  constructor(retained: RetainedMessages, count: (reason: string) => void) {
    this.#retained = retained;
    this.#count = count;
  }

  async setup(): Promise<void> {}

  /** Stored before it was published. */
  async storeRetained(): Promise<void> {}

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(this.subscriber ? this.#replay(this.subscriber, filters) : []);
  }

  /** One message after the other, at the pace of the client. */
  async *#replay(target: ReplayTarget, filters: readonly string[]): AsyncGenerator<RetainedMessage> {
    target.replays(1);
    try {
      for (const message of this.#retained.matching(filters)) {
        if (!(await target.ready())) return;
        yield { ...message };
      }
    } finally {
      target.replays(-1);
    }
  }

  /**
   * Resolves for a message that is to be acknowledged but not passed on: a repeated one, or one too many. Rejects for a
   * new one, whose id is in use from now on.
   */
  async incomingGetPacket(client: object, { cmd, messageId }: Identified): Promise<object> {
    const ids = this.#inFlight.get(client) ?? new Set();
    if (ids.has(messageId)) return { messageId };
    if (cmd === 'publish') {
      if (ids.size >= MAX_IN_FLIGHT) {
        this.#count('in-flight');
        return { messageId };
      }
      this.#inFlight.set(client, ids.add(messageId));
    }
    throw new Error('no such packet');
  }

  async incomingStorePacket(): Promise<void> {}

  async incomingDelPacket(client: object, { messageId }: Identified): Promise<void> {
    this.#inFlight.get(client)?.delete(messageId);
  }

  async cleanIncoming(client: object): Promise<void> {
    this.#inFlight.delete(client);
  }

  /** The client object keeps its will. */
  async putWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill(): Readable {
    return Readable.from([]);
  }

  async cleanSubscriptions(): Promise<void> {}
  async subscriptionsByTopic(): Promise<readonly []> {
    return [];
  }
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingClearMessageId(): Promise<void> {}
  outgoingStream(): Readable {
    return Readable.from([]);
  }
}
