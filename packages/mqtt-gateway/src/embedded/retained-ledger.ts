/** Topics that may hold a retained message. */
const MAX_TOPICS = 10_000;

/** Knows how much the broker keeps, so that no client can fill the memory with it. */
export class RetainedLedger {
  readonly #bytes = new Map<string, number>();
  #total = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.#total;
  }

  /** Books a message that takes the place of what its topic held; an empty one takes it away. False: there is no room. */
  admits(topic: string, payload: number): boolean {
    const before = this.#bytes.get(topic);
    const size = payload === 0 ? 0 : payload + topic.length;
    const total = this.#total - (before ?? 0) + size;
    if (size > 0 && (total > this.maxBytes || (before === undefined && this.#bytes.size >= MAX_TOPICS))) return false;
    this.#total = total;
    if (size === 0) this.#bytes.delete(topic);
    else this.#bytes.set(topic, size);
    return true;
  }
}
