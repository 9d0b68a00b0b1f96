import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';

type Done = (error?: Error) => void;

/**
 * aedes that may refuse a message and go on: it is acknowledged as its quality of service asks, and goes nowhere. aedes
 * itself knows only to end the connection then.
 */
export class GuardedAedes extends Aedes {
  readonly #admits: (packet: PublishPacket, client: Client) => boolean;

  /** @param admits whether a client's message, or its will, is to be passed on */
  constructor(options: AedesOptions, admits: (packet: PublishPacket, client: Client) => boolean) {
    super(options);
    this.#admits = admits;
    // Deep topics are refused here, and not by the end of the connection.
    Object.assign(this, { maxTopicLevels: Number.POSITIVE_INFINITY });
  }

  /** Without a client it is the broker's own word. */
  override publish(packet: PublishPacket, ...rest: [Done] | [Client | null | undefined, Done?]): void {
    const [client, done] =
      rest.length === 1 && typeof rest[0] === 'function' ? [undefined, rest[0]] : (rest as [Client?, Done?]);
    if (client && !this.#admits(packet, client)) done?.();
    else super.publish(packet, ...(rest as [Done]));
  }
}
