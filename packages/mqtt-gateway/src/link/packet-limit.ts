import { FramehubError, type Logger } from '@framehub/frame';

/** Every server takes packets up to this size. */
const HARMLESS_BYTES = 65_536;
/** A connection that ends within this time of a packet may have ended because of it. */
const SUSPICIOUS_MS = 1000;
/** Frames vary: packets whose sizes differ by less than this share count as equal. */
const SIMILAR = 0.9;

interface Packet {
  readonly bytes: number;
  /** When the kernel took it. Undefined: not yet, or it will be acknowledged. */
  sentAt?: number;
}

/**
 * The size of the packets that the server takes, kept between connections. Where the server does not state it, as with
 * MQTT 3.1.1, it is discovered: such a server ends the connection on every packet that is too large.
 */
export class PacketLimit {
  readonly #logger: Logger;
  readonly #now: () => number;
  #stated: number | undefined;
  #discovered = Number.POSITIVE_INFINITY;
  /** Packets of this connection that may still turn out to be too large. */
  readonly #inFlight = new Set<Packet>();
  /** Bytes of a packet that may have ended a connection before. */
  #rejectedSize: number | undefined;

  /** @param now milliseconds of a clock that does not go back */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** Bytes that a packet may have, as far as is known. */
  get bytes(): number {
    return Math.min(this.#stated ?? Number.POSITIVE_INFINITY, this.#discovered);
  }

  /** A server accepted the connection. @param stated bytes it takes; undefined: it does not state a limit */
  connected(stated: number | undefined): void {
    this.#stated = stated;
    if (stated === undefined) return;
    this.#discovered = Number.POSITIVE_INFINITY;
    this.#rejectedSize = undefined;
  }

  /**
   * A packet is about to be sent.
   *
   * @returns to be called when it is sent
   * @throws FramehubError `MQTT_TOO_LARGE` for one that would end the connection
   */
  sending(topic: string, bytes: number): { sent(acknowledged: boolean): void } {
    if (bytes > this.bytes) throw tooLarge(topic, bytes, this.bytes);
    if (bytes <= HARMLESS_BYTES || this.#stated !== undefined) return { sent() {} };
    this.#confirmSurvivors();
    const packet: Packet = { bytes };
    this.#inFlight.add(packet);
    return {
      sent: (acknowledged) => {
        if (acknowledged) this.#confirm(packet);
        else packet.sentAt = this.#now();
      },
    };
  }

  /** The connection ended. */
  disconnected(): void {
    this.#confirmSurvivors();
    const largest = Math.max(...[...this.#inFlight].map(({ bytes }) => bytes));
    this.#inFlight.clear();
    if (!Number.isFinite(largest)) return;
    // Once may be chance.
    if (this.#rejectedSize === undefined || largest < this.#rejectedSize * SIMILAR) {
      this.#rejectedSize = largest;
      return;
    }
    this.#rejectedSize = undefined;
    this.#discovered = Math.floor(largest * 0.75);
    this.#logger.warn(
      { bytes: largest, limit: this.#discovered },
      `the MQTT server ends the connection on packets of ${largest} bytes: frames are sent smaller from now on`,
    );
  }

  /** QoS 0 has no acknowledgement: a connection that goes on is one. */
  #confirmSurvivors(): void {
    const now = this.#now();
    for (const packet of this.#inFlight) if (now - (packet.sentAt ?? now) > SUSPICIOUS_MS) this.#confirm(packet);
  }

  /** The server took a packet, and so takes all that are not larger. */
  #confirm({ bytes }: Packet): void {
    for (const other of this.#inFlight) if (other.bytes <= bytes) this.#inFlight.delete(other);
    if (this.#rejectedSize !== undefined && bytes >= this.#rejectedSize * SIMILAR) this.#rejectedSize = undefined;
  }
}

function tooLarge(topic: string, size: number, allowed: number): FramehubError {
  const message = `the message for ${topic} has ${size} bytes, but the MQTT server takes ${allowed}`;
  return new FramehubError('MQTT_TOO_LARGE', message, { topic, size, allowed });
}
