import type { Logger } from '@framehub/frame';

/** A snapshot on its way into a folder. */
export interface Snapshot {
  readonly data: Uint8Array;
  /** Unix milliseconds of capture; undefined if the source does not send it. */
  readonly capturedAt: number | undefined;
  /** The camera's frame number; undefined if the source does not send it. */
  readonly sequence: number | undefined;
  /** Unix milliseconds of arrival, which stands for an unknown time of capture. */
  readonly arrivedAt: number;
}

/** Why a source gave no snapshot. */
export interface Missing {
  /**
   * - `unreachable`: no connection
   * - `timeout`: no answer, or nothing was published
   * - `no-frame`: the hub has no frame now
   * - `unchanged`: the same frame as before
   * - `refused`: not allowed, or there is no such camera
   */
  readonly reason: 'unreachable' | 'timeout' | 'no-frame' | 'unchanged' | 'refused';
  /** One human-readable line. */
  readonly detail: string;
}

/** Distinguishes what {@link Source.next} resolves with. */
export function isMissing(outcome: object): outcome is Missing {
  return 'reason' in outcome;
}

/** Where snapshots come from. */
export interface Source {
  /**
   * Waits for the next snapshot; its bytes are not checked. Never rejects. Call it again only when it has resolved.
   *
   * @param timeoutMs milliseconds; Infinity waits for ever
   * @returns the snapshot, or why there is no one in time
   */
  next(timeoutMs: number): Promise<Snapshot | Missing>;
  /** Ends connections and waiting. What a pending `next` resolves with is of no meaning then. */
  close(): Promise<void>;
}

/** What a source needs of the collector. */
export interface SourceHost {
  readonly logger: Logger;
  /** Unix milliseconds of the newest stored snapshot; without one, of the collector's start. */
  newest(): number;
  /** Whether this frame was stored before. */
  isStored(snapshot: Snapshot): boolean;
  /** Called when something prevents snapshots, and with undefined when it no longer does. */
  problem(problem: string | undefined): void;
  /** Called when a snapshot was dropped because snapshots arrive faster than they are stored. */
  overrun(): void;
}

/** How to reach an MQTT server. */
export interface MqttLinkOptions {
  readonly url: string;
  /** The address for messages, without a password. */
  readonly label: string;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: {
    readonly ca?: Buffer | undefined;
    readonly cert?: Buffer | undefined;
    readonly key?: Buffer | undefined;
  };
  /** 4 is MQTT 3.1.1. Undefined: 5 if the server supports it. */
  readonly protocolVersion: 4 | 5 | undefined;
}

/** Which MQTT topics, and which of their snapshots. */
export interface MqttSourceOptions {
  readonly server: MqttLinkOptions;
  /** The MQTT topic of the snapshots, as plain JPEGs. */
  readonly topic: string;
  /** The MQTT topics that a hub has beside it; undefined for other programs. */
  readonly hub?: { readonly attributes: string; readonly get: string; readonly errors: string };
  /** `each`: every snapshot that is published. `newest`: only the newest at each call; a hub is requested to take it. */
  readonly mode: 'each' | 'newest';
}
