import { Readable } from 'node:stream';
import type { RetainedMessage, RetainedMessages } from './retained-messages.js';

/** Messages of QoS 2 that a client may have begun and not ended with PUBREL. */
const MAX_IN_FLIGHT = 1000;

/** Who hears what was retained. */
export interface Reader {
  /** Resolves when it may get the next message, or with false when it is gone. */
  ready(): Promise<boolean>;
  replays(change: 1 | -1): void;
}

interface Identified {
  readonly cmd: string;
  readonly messageId: number;
}

/**
 * What aedes keeps of its clients, as aedes asks for it ("persistence"): no sessions, so nothing that is on its way to a
 * client, and of messages of QoS 2 their numbers only, since the message itself has been passed on when it came.
 */
export class BrokerMemory {
  /** Whoever subscribes just now: aedes does not say for whom it asks. */
  reader: Reader | undefined;
  readonly #inFlight = new WeakMap<object, Set<number>>();

  constructor(
    private readonly retained: RetainedMessages,
    private readonly count: (reason: string) => void,
  ) {}

  async setup(): Promise<void> {}

  /** Was kept before it was published. */
  async storeRetained(): Promise<void> {}

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const { reader } = this;
    return Readable.from(reader ? this.#replay(reader, filters) : []);
  }

  /** One after the other, as the reader takes them. */
  async *#replay(reader: Reader, filters: readonly string[]): AsyncGenerator<RetainedMessage> {
    reader.replays(1);
    try {
      for (const message of this.retained.matching(filters)) {
        if (!(await reader.ready())) return;
        yield { ...message };
      }
    } finally {
      reader.replays(-1);
    }
  }

  /**
   * Resolves for a message that is to be acknowledged and not passed on: one that came before, or one too many.
   * Rejects for a new one, whose number is in use from now on.
   */
  async incomingGetPacket(client: object, { cmd, messageId }: Identified): Promise<object> {
    const numbers = this.#inFlight.get(client) ?? new Set();
    if (numbers.has(messageId)) return { messageId };
    if (cmd === 'publish') {
      if (numbers.size >= MAX_IN_FLIGHT) {
        this.count('in-flight');
        return { messageId };
      }
      this.#inFlight.set(client, numbers.add(messageId));
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

  /** The client itself has its will. */
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
