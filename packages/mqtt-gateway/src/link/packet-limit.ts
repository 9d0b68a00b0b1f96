import { FramehubError, type Logger } from '@framehub/frame';

/** Brokers take packets up to this size, all of them. */
const HARMLESS = 65_536;
/** A connection that ends within this many milliseconds of a packet may have ended because of it. */
const SOON = 1000;
/** Packets of about one size, for pictures vary, fare alike. */
const ALIKE = 0.9;

interface Packet {
  readonly bytes: number;
  /** When it went to the kernel; undefined: not yet, or its acknowledgement is waited for. */
  sentAt?: number;
}

/**
 * Knows how large a packet may be, also between two connections: what is taken meanwhile is for the next. Finds it out
 * where the broker does not tell, as with MQTT 3.1.1: it closes the connection on one that is too large, each time anew.
 */
export class PacketLimit {
  #told: number | undefined;
  #found = Number.POSITIVE_INFINITY;
  /** Packets of this connection that may be too large yet. */
  readonly #suspects = new Set<Packet>();
  /** Bytes of one that may have ended a connection before. */
  #struck: number | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get bytes(): number {
    return Math.min(this.#told ?? Number.POSITIVE_INFINITY, this.#found);
  }

  /** A broker accepted us, and says this; undefined: nothing, so that it has to be found out. */
  told(bytes: number | undefined): void {
    this.#told = bytes;
    if (bytes === undefined) return;
    this.#found = Number.POSITIVE_INFINITY;
    this.#struck = undefined;
  }

  /** @throws FramehubError `MQTT_TOO_LARGE`: it would end this connection too */
  sending(topic: string, bytes: number): { taken(acknowledged: boolean): void } {
    if (bytes > this.bytes) throw tooLarge(topic, bytes, this.bytes);
    if (bytes <= HARMLESS || this.#told !== undefined) return { taken() {} };
    this.#acquitOutlived();
    const packet: Packet = { bytes };
    this.#suspects.add(packet);
    return {
      taken: (acknowledged) => {
        if (acknowledged) this.#acquit(packet);
        else packet.sentAt = this.now();
      },
    };
  }

  /** The connection ended. */
  lost(): void {
    this.#acquitOutlived();
    const largest = Math.max(...[...this.#suspects].map(({ bytes }) => bytes));
    this.#suspects.clear();
    if (!Number.isFinite(largest)) return;
    // Once may be chance.
    if (this.#struck === undefined || largest < this.#struck * ALIKE) {
      this.#struck = largest;
      return;
    }
    this.#struck = undefined;
    this.#found = Math.floor(largest * 0.75);
    this.logger.warn(
      { bytes: largest, limit: this.#found },
      `the broker ends the connection when ${largest} bytes come: smaller pictures are sent from now on`,
    );
  }

  /** Nobody acknowledges with QoS 0: the connection that goes on does. */
  #acquitOutlived(): void {
    const now = this.now();
    for (const packet of this.#suspects) if (now - (packet.sentAt ?? now) > SOON) this.#acquit(packet);
  }

  /** The broker took it, and so takes what is no larger. */
  #acquit({ bytes }: Packet): void {
    for (const other of this.#suspects) if (other.bytes <= bytes) this.#suspects.delete(other);
    if (this.#struck !== undefined && bytes >= this.#struck * ALIKE) this.#struck = undefined;
  }
}

function tooLarge(topic: string, size: number, allowed: number): FramehubError {
  const message = `${size} bytes for ${topic} are too much for the broker: it takes ${allowed}`;
  return new FramehubError('MQTT_TOO_LARGE', message, { topic, size, allowed });
}
