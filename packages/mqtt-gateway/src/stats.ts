import type { EmbeddedBrokerStats } from './embedded/broker.js';
import type { LinkStatus } from './link/link.js';
import type { OutboxStats } from './outbox.js';

export interface MqttGatewayStats {
  /** Undefined before the start. */
  readonly link: LinkStatus | undefined;
  readonly messages: OutboxStats;
  /** By kind: `snapshot`, `enabled`, `control`, `profile`, `want`. */
  readonly commands: { readonly accepted: Readonly<Record<string, number>> };
  /** What was refused or went wrong, by reason. */
  readonly complaints: Readonly<Record<string, number>>;
  readonly cameras: readonly {
    readonly name: string;
    /** Handed over to be sent. */
    readonly snapshots: number;
    /** Times a snapshot was due and not taken, by reason: `busy`, `no-picture`, `missed`, `failed`. */
    readonly skipped: Readonly<Record<string, number>>;
    readonly frames: number;
  }[];
  readonly embedded: EmbeddedBrokerStats | undefined;
}
