import { FramehubError, type Logger, silentLogger } from '@framehub/frame';
import { z } from 'zod';

export interface WsGatewayOptions {
  /** Connections at a time, shared between addresses. @default 1000 */
  readonly maxConnections?: number;
  /** Subscriptions of one connection at a time. @default 64 */
  readonly maxSubscriptions?: number;
  /** Subscriptions of all connections of one address at a time. @default 1024 */
  readonly maxSubscriptionsPerClient?: number;
  /**
   * Bytes of pictures that slow clients may keep in memory: beyond, connections of the one that holds most are closed.
   * @default 100663296
   */
  readonly maxHeldBytes?: number;
  /** Bytes that a client's message may have. @default 65536 */
  readonly maxMessage?: number;
  /** Milliseconds between two pings. A client that has not answered the last one is closed. @default 20000 */
  readonly pingEvery?: number;
  /** Milliseconds after which a client that takes no more bytes is closed. @default 10000 */
  readonly stuckAfter?: number;
  /** Viewers of a camera at other gateways, to be told with its state. @default none */
  readonly viewersElsewhere?: (camera: string) => number;
  readonly logger?: Logger;
}

export type WsGatewaySettings = Required<WsGatewayOptions>;

const whole = (min: number, max: number) => z.int().min(min).max(max);

const schema = z.object({
  maxConnections: whole(1, 100_000).default(1000),
  maxSubscriptions: whole(1, 1000).default(64),
  maxSubscriptionsPerClient: whole(1, 1_000_000).default(1024),
  maxHeldBytes: whole(0, Number.MAX_SAFE_INTEGER).default(96 * 2 ** 20),
  maxMessage: whole(1024, 1 << 24).default(65_536),
  pingEvery: whole(100, 3_600_000).default(20_000),
  stuckAfter: whole(100, 3_600_000).default(10_000),
});

/** Fills in what is absent. @throws FramehubError `WS_INVALID_OPTION`: key and what is allowed */
export function readOptions(options: WsGatewayOptions): WsGatewaySettings {
  const { logger = silentLogger, viewersElsewhere = () => 0, ...given } = options;
  const read = schema.safeParse(given);
  if (read.success) return { ...read.data, viewersElsewhere, logger };
  const [issue] = read.error.issues;
  const key = issue?.path.join('.') || 'options';
  throw new FramehubError('WS_INVALID_OPTION', `${key} is not possible: ${issue?.message.toLowerCase()}`, { key });
}
