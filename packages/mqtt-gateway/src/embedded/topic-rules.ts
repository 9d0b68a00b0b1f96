/** Bytes and levels of a topic or a filter: each level costs memory in every place where topics are compared. */
const MAX_TOPIC_BYTES = 1024;
const MAX_LEVELS = 32;

export function levelsOf(topic: string): number {
  let levels = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) levels += 1;
  return levels;
}

/** Whether a topic or a filter is short enough. */
export function fitsTopic(topic: string): boolean {
  return (
    topic.length <= MAX_TOPIC_BYTES && Buffer.byteLength(topic) <= MAX_TOPIC_BYTES && levelsOf(topic) <= MAX_LEVELS
  );
}

/** Topics of whom the broker belongs to. */
export interface OwnTopics {
  /** No one else gets this client id. */
  readonly clientId: string;
  /** `own`: nobody else writes it; `command`: others tell the owner what to do; undefined: everybody's. */
  kindOf(topic: string): 'own' | 'command' | undefined;
}

/**
 * Why a client may not publish to a topic, or undefined where it may.
 * @param mayCommand whether who connects is known, or is on this machine
 */
export function refusalOf(topic: string, own: OwnTopics | undefined, mayCommand: boolean): string | undefined {
  // A will is not checked before it is published.
  if (topic === '' || /[+#]/.test(topic) || topic.startsWith('$') || !fitsTopic(topic)) return 'topic';
  const kind = own?.kindOf(topic);
  if (kind === 'own') return 'own-topic';
  return kind === 'command' && !mayCommand ? 'anonymous' : undefined;
}
