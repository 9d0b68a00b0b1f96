export type Qos = 0 | 1 | 2;

/** Something to publish. */
export interface Message {
  readonly topic: string;
  /** Borrowed until it is sent, and for as long as it is the newest of its topic. */
  readonly payload: Buffer | string;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Worth nothing once the connection is lost: answers and live frames. */
  readonly volatile?: boolean;
  readonly contentType?: string;
  /** Unix milliseconds after which nobody should see it any more. MQTT 5 only, as is all that follows. */
  readonly expiresAt?: number | undefined;
  readonly properties?: Readonly<Record<string, string>>;
  readonly correlation?: Buffer | undefined;
  /** What speaks of this message: is sent when the broker has taken it, and not at all without it. */
  readonly followedBy?: Message;
}

/** A message with all that follow it. */
export function partsOf(message: Message): readonly Message[] {
  return message.followedBy ? [message, ...partsOf(message.followedBy)] : [message];
}

/** Makes the broker forget what it retains of a topic, and of those that follow. */
export function deletionOf({ topic, followedBy }: Message): Message {
  return { ...stateMessage(topic, ''), ...(followedBy && { followedBy: deletionOf(followedBy) }) };
}

/** Bytes of the packet, at most. */
export function packetSize({ topic, payload, properties = {}, contentType = '', correlation }: Message): number {
  const texts = [topic, contentType, ...Object.entries(properties).flat()];
  const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 32 + (correlation?.length ?? 0));
  return length + payloadSize(payload);
}

export function payloadSize(payload: Buffer | string): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
}

/** A text that says how something is: kept by the broker for those who come later. */
export function stateMessage(topic: string, payload: string): Message {
  return { topic, payload, qos: 1, retain: true };
}

export function jsonMessage(topic: string, value: unknown): Message {
  return { ...stateMessage(topic, JSON.stringify(value)), contentType: 'application/json' };
}
