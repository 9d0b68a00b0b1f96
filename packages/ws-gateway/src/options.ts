import { type Logger, silentLogger } from '@framehub/frame';
import { parseWith, wholeNumber } from '@framehub/settings';
import { z } from 'zod';

/** Options of a {@link WsGateway}. */
export interface WsGatewayOptions {
  /** Connections at a time, shared fairly between clients. @default 1000 */
  readonly maxConnections?: number;
  /** Subscriptions of one connection at a time. @default 64 */
  readonly maxSubscriptions?: number;
  /** Subscriptions of all connections of one client at a time. @default 1024 */
  readonly maxSubscriptionsPerClient?: number;
  /**
   * Bytes of frames that slow clients may hold in memory. Beyond it, connections of the client that holds most are closed.
   * @default 100663296
   */
  readonly maxHeldBytes?: number;
  /** Bytes of a client's message, at most. @default 65536 */
  readonly maxMessageBytes?: number;
  /** Milliseconds between two pings. A client that did not answer the last one is closed. @default 20000 */
  readonly pingIntervalMs?: number;
  /** Milliseconds after which a client that reads nothing is closed. @default 10000 */
  readonly stallTimeoutMs?: number;
  /** Viewers of a camera at other gateways, which are added to the reported number. @default none */
  readonly otherViewers?: (camera: string) => number;
  /** @default silent */
  readonly logger?: Logger;
}

export type WsGatewaySettings = Required<WsGatewayOptions>;

const MS = { min: 100, max: 3_600_000 };

const schema = z.object({
  maxConnections: wholeNumber({ min: 1, max: 100_000 }).default(1000),
  maxSubscriptions: wholeNumber({ min: 1, max: 1000 }).default(64),
  maxSubscriptionsPerClient: wholeNumber({ min: 1, max: 1_000_000 }).default(1024),
  maxHeldBytes: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).default(96 * 2 ** 20),
  maxMessageBytes: wholeNumber({ min: 1024, max: 1 << 24 }).default(65_536),
  pingIntervalMs: wholeNumber(MS).default(20_000),
  stallTimeoutMs: wholeNumber(MS).default(10_000),
});

/** Fills in the defaults. @throws FramehubError `WS_INVALID_OPTION`: key, what is allowed and the value */
export function readOptions(options: WsGatewayOptions): WsGatewaySettings {
  const { logger = silentLogger, otherViewers = () => 0, ...given } = options;
  return { ...parseWith(schema, given, { code: 'WS_INVALID_OPTION', what: 'options' }), otherViewers, logger };
}
