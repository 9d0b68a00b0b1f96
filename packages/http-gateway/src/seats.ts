import { FairShare, FramehubError, type GatewayTraffic } from '@framehub/frame';

/** A limited number of places for those who wait for frames, shared between clients. */
export class Seats {
  readonly #share: FairShare;

  constructor(
    limit: number,
    private readonly traffic: GatewayTraffic,
  ) {
    this.#share = new FairShare(limit);
  }

  /**
   * @param client key of who asks
   * @param evict called when the place goes to another client
   * @returns gives the place back, and may be called again. @throws FramehubError `HTTP_TOO_MANY_VIEWERS`
   */
  take(client: string, evict: () => void): () => void {
    const leave = this.#share.enter(client, () => {
      this.traffic.clientsDropped.add('displaced');
      evict();
    });
    if (leave) return leave;
    this.traffic.clientsDropped.add('limit');
    throw tooManyViewers(this.#share.limit);
  }

  /** What a client is told whose place has gone to another. */
  displaced(): FramehubError {
    return tooManyViewers(this.#share.limit);
  }
}

function tooManyViewers(limit: number): FramehubError {
  return new FramehubError(
    'HTTP_TOO_MANY_VIEWERS',
    `${limit} viewers are served, which is the limit: try again later`,
    { limit },
  );
}
