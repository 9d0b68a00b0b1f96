import { FramehubError } from '@framehub/frame';

/** Counts the subscriptions of each client over all of its connections, and allows it so many. */
export class ClientQuota {
  readonly #taken = new Map<string, number>();

  constructor(readonly limit: number) {}

  /** @returns gives one back, to be called once. @throws FramehubError `WS_TOO_MANY_SUBSCRIPTIONS` */
  take(client: string): () => void {
    const taken = this.#taken.get(client) ?? 0;
    if (taken >= this.limit)
      throw new FramehubError(
        'WS_TOO_MANY_SUBSCRIPTIONS',
        `${this.limit} subscriptions are allowed from one address: end one first`,
      );
    this.#taken.set(client, taken + 1);
    return () => this.#giveBack(client);
  }

  #giveBack(client: string): void {
    const left = (this.#taken.get(client) ?? 0) - 1;
    if (left > 0) this.#taken.set(client, left);
    else this.#taken.delete(client);
  }
}
