import { Counters, codeOf } from '@framehub/frame';
import { deletionOf, type Message, partsOf, payloadSize } from './message.js';

/** Messages that may be unacknowledged at a time. */
const MAX_IN_FLIGHT = 8;
/** Responses and live frames that may wait to be sent; the oldest is dropped. */
const MAX_VOLATILE = 32;

/** Messages of a gateway since its start. */
export interface OutboxStats {
  /** Messages that the MQTT server has taken. */
  readonly sent: number;
  /** Messages that were not sent, by reason: `offline`, `replaced`, `too-many`, `refused`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Messages kept to be sent, or to be sent again after a new connection. */
  readonly remembered: { readonly messages: number; readonly bytes: number };
}

interface Entry {
  readonly message: Message;
  sent: boolean;
}

/**
 * The messages that the MQTT server should have: the newest of each topic. They are sent while there is a connection;
 * after a new connection all retained ones are sent again, since the server may have lost them. So nothing queues.
 */
export class Outbox {
  readonly dropped = new Counters();
  readonly #onRefused: (message: Message, error: unknown) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #due = new Set<string>();
  readonly #sending = new Set<string>();
  #send: ((message: Message) => Promise<void>) | undefined;
  #whenEmpty: (() => void)[] = [];
  #replies = 0;
  #sent = 0;

  /** @param onRefused called for a message that the server refuses: it is not sent again */
  constructor(onRefused: (message: Message, error: unknown) => void) {
    this.#onRefused = onRefused;
  }

  /** Adds a message, in place of the one with the same key. */
  put(message: Message, key = message.topic): void {
    if (message.volatile && !this.#send) {
      this.dropped.add('offline');
      return;
    }
    const before = this.#entries.get(key);
    if (before && !before.sent && this.#due.has(key)) this.dropped.add('replaced');
    this.#entries.set(key, { message, sent: false });
    if (message.volatile) this.#makeRoom();
    this.#due.add(key);
    this.#pump();
  }

  /** Adds a state: nothing is sent if it has not changed. */
  set(message: Message): void {
    if (this.#entries.get(message.topic)?.message.payload !== message.payload) this.put(message);
  }

  /** Adds a response: none replaces another, even on one topic. */
  reply(message: Message): void {
    this.#replies += 1;
    this.put({ ...message, volatile: true }, `reply ${this.#replies}`);
  }

  /** Sends the message of a topic again. */
  repeat(topic: string): void {
    if (!this.#entries.has(topic)) return;
    this.#due.add(topic);
    this.#pump();
  }

  /** Removes a topic and everything below it: retained messages are deleted at the server. */
  clear(base: string): void {
    for (const [key, { message }] of [...this.#entries]) {
      if (message.topic !== base && !message.topic.startsWith(`${base}/`)) continue;
      if (message.retain) this.put(deletionOf(message), key);
      else this.#delete(key);
    }
  }

  /** There is a connection: sends everything. */
  open(send: (message: Message) => Promise<void>): void {
    this.#send = send;
    for (const key of this.#entries.keys()) this.#due.add(key);
    this.#pump();
  }

  /** The connection is lost. */
  shut(): void {
    this.#send = undefined;
    this.#sending.clear();
    for (const [key, { message }] of [...this.#entries]) {
      if (message.volatile) this.#delete(key);
    }
    this.#settle();
  }

  /** Resolves when everything is sent, or the connection is lost. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
      this.#settle();
    });
  }

  get stats(): OutboxStats {
    const remembered = [...this.#entries.values()].flatMap(({ message }) => partsOf(message));
    const bytes = remembered.reduce((sum, { payload }) => sum + payloadSize(payload), 0);
    return { sent: this.#sent, dropped: this.dropped.toJSON(), remembered: { messages: remembered.length, bytes } };
  }

  #pump(): void {
    const send = this.#send;
    if (!send) return;
    for (const key of this.#due) {
      if (this.#sending.size >= MAX_IN_FLIGHT) return;
      if (this.#sending.has(key)) continue;
      this.#due.delete(key);
      const entry = this.#entries.get(key);
      if (entry) void this.#sendOne(key, entry, send);
    }
    this.#settle();
  }

  async #sendOne(key: string, entry: Entry, send: (message: Message) => Promise<void>): Promise<void> {
    this.#sending.add(key);
    let { message } = entry;
    try {
      for (message of partsOf(message)) {
        await send(message);
        this.#sent += 1;
      }
      entry.sent = true;
      const lasting = entry.message.retain && payloadSize(entry.message.payload) > 0;
      if (!lasting && this.#entries.get(key) === entry) this.#delete(key);
    } catch (error) {
      // After MQTT_LOST it waits for the next connection; otherwise it would be refused again.
      if (codeOf(error) !== 'MQTT_LOST') this.#refused(key, entry, message, error);
    }
    if (this.#send !== send) return;
    this.#sending.delete(key);
    this.#pump();
  }

  #refused(key: string, entry: Entry, message: Message, error: unknown): void {
    this.dropped.add('refused');
    if (this.#entries.get(key) === entry) this.#delete(key);
    this.#onRefused(message, error);
  }

  #makeRoom(): void {
    const volatile = [...this.#entries].filter(([, { message }]) => message.volatile).map(([key]) => key);
    for (const key of volatile.slice(0, Math.max(0, volatile.length - MAX_VOLATILE))) {
      this.dropped.add('too-many');
      this.#delete(key);
    }
  }

  #delete(key: string): void {
    this.#entries.delete(key);
    this.#due.delete(key);
  }

  #settle(): void {
    if (this.#send && this.#due.size + this.#sending.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
