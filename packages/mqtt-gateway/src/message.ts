/** Quality of service of MQTT: 0 at most once, 1 at least once, 2 exactly once. */
export type Qos = 0 | 1 | 2;

/** A message to publish. */
export interface Message {
  readonly topic: string;
  /** Borrowed until it is sent, and while it is the newest of its topic. */
  readonly payload: Buffer | string;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Dropped when the connection is lost: responses and live frames. */
  readonly volatile?: boolean;
  readonly contentType?: string;
  /** Unix milliseconds after which the server deletes it. Needs MQTT 5, as does everything below. */
  readonly expiresAt?: number | undefined;
  readonly properties?: Readonly<Record<string, string>>;
  readonly correlation?: Buffer | undefined;
  /** Describes this message: is sent after the server has acknowledged this one, and never without it. */
  readonly followedBy?: Message;
}

/** A message with all that follow it. */
export function partsOf(message: Message): readonly Message[] {
  return message.followedBy ? [message, ...partsOf(message.followedBy)] : [message];
}

/** Deletes what the server retains for a message's topic, and for the topics of those that follow it. */
export function deletionOf({ topic, followedBy }: Message): Message {
  return { ...stateMessage(topic, ''), ...(followedBy && { followedBy: deletionOf(followedBy) }) };
}

/** An upper bound of the packet's size, in bytes. */
export function packetSize({ topic, payload, properties = {}, contentType = '', correlation }: Message): number {
  const texts = [topic, contentType, ...Object.entries(properties).flat()];
  const header = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 32 + (correlation?.length ?? 0));
  return header + payloadSize(payload);
}

export function payloadSize(payload: Buffer | string): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
}

/** A retained text: later subscribers receive it, too. */
export function stateMessage(topic: string, payload: string): Message {
  return { topic, payload, qos: 1, retain: true };
}

export function jsonMessage(topic: string, value: unknown): Message {
  return { ...stateMessage(topic, JSON.stringify(value)), contentType: 'application/json' };
}

/** Control characters, surrogates and unassigned characters: a server may close the connection on them (MQTT 5, 1.5.4). */
const UNSENDABLE = /[\p{Cc}\p{Cs}\p{Cn}]/u;

/** Whether a text may be a topic, a property or a name in MQTT. Payloads may hold anything. */
export function isSendable(text: string): boolean {
  return !UNSENDABLE.test(text);
}
