import { FramehubError, type Logger } from '@framehub/frame';

/** Brokers take packets up to this size, all of them. */
const HARMLESS = 65_536;
/** A connection that ends within this many milliseconds of a packet may have ended because of it. */
const SOON = 1000;

/**
 * Knows how large a packet may be, also between two connections: what is taken meanwhile is for the next. Finds it out
 * where the broker does not tell, as with MQTT 3.1.1: it closes the connection on one that is too large, each time anew.
 */
export class PacketLimit {
  #told = Number.POSITIVE_INFINITY;
  #found = Number.POSITIVE_INFINITY;
  #suspect: { readonly bytes: number; sentAt: number; taken: boolean } | undefined;
  #struck: number | undefined;

  constructor(private readonly logger: Logger) {}

  get bytes(): number {
    return Math.min(this.#told, this.#found);
  }

  /** A broker accepted us, and says this. */
  told(bytes: number): void {
    this.#told = bytes;
  }

  /** @throws FramehubError `MQTT_TOO_LARGE`: it would end this connection too */
  sending(topic: string, bytes: number): { taken(acknowledged: boolean): void } {
    if (bytes > this.bytes) throw tooLarge(topic, bytes, this.bytes);
    if (bytes <= HARMLESS) return { taken() {} };
    const packet = { bytes, sentAt: performance.now(), taken: false };
    this.#suspect = packet;
    return {
      taken: (acknowledged) => {
        packet.taken = true;
        packet.sentAt = acknowledged ? Number.NEGATIVE_INFINITY : performance.now();
        if (acknowledged && this.#struck !== undefined && bytes >= this.#struck) this.#struck = undefined;
      },
    };
  }

  /** The connection ended. */
  lost(): void {
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (!suspect || (suspect.taken && performance.now() - suspect.sentAt > SOON)) return;
    // Once may be chance.
    if (this.#struck === undefined || suspect.bytes < this.#struck * 0.9) {
      this.#struck = suspect.bytes;
      return;
    }
    this.#struck = undefined;
    this.#found = Math.floor(suspect.bytes * 0.75);
    this.logger.warn(
      { bytes: suspect.bytes, limit: this.#found },
      `the broker ends the connection when ${suspect.bytes} bytes come: smaller pictures are sent from now on`,
    );
  }
}

function tooLarge(topic: string, size: number, allowed: number): FramehubError {
  const message = `${size} bytes for ${topic} are too much for the broker: it takes ${allowed}`;
  return new FramehubError('MQTT_TOO_LARGE', message, { topic, size, allowed });
}
