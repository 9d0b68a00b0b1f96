import { FramehubError, type GatewayTraffic } from '@framehub/frame';

/** A limited number of places; whoever waits for frames has one. */
export class Seats {
  #taken = 0;

  constructor(
    readonly limit: number,
    private readonly traffic: GatewayTraffic,
  ) {}

  /** @returns gives the place back, once. @throws FramehubError `HTTP_TOO_MANY_VIEWERS` */
  take(): () => void {
    if (this.#taken >= this.limit) {
      this.traffic.clientsDropped.add('limit');
      throw new FramehubError(
        'HTTP_TOO_MANY_VIEWERS',
        `${this.limit} viewers are served, which is the limit: try again later`,
        { limit: this.limit },
      );
    }
    this.#taken += 1;
    let mine = true;
    return () => {
      if (mine) this.#taken -= 1;
      mine = false;
    };
  }
}
