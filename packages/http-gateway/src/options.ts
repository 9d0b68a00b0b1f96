import { type GatewayTraffic, type Logger, silentLogger } from '@framehub/frame';
import { addressRange, hostName, parseWith, port, text, textLike, wholeNumber } from '@framehub/settings';
import { z } from 'zod';
import type { CorsPolicy, Credential } from './access.js';
import type { Asset } from './page.js';
import { MAX_SNAPSHOT_TIMEOUT_MS } from './query.js';
import type { UpgradeHandler } from './upgrades.js';

/** Options of an {@link HttpGateway}. */
export interface HttpGatewayOptions {
  /** Address to listen on; `0.0.0.0` and `::` mean all, IPv4 and IPv6. @default '0.0.0.0' */
  readonly host?: string;
  /** TCP port; 0 uses any free one. @default 8090 */
  readonly port?: number;
  /** Users for basic authentication, at least one. All addresses but /healthz need it then. @default no authentication */
  readonly credentials?: readonly Credential[] | undefined;
  /** Streams, and snapshots under way, at a time; shared between client addresses. @default 1000 */
  readonly maxViewers?: number;
  /**
   * Bytes of frames that slow clients may keep in memory. Beyond, connections of the client that holds most are closed.
   * @default 100663296
   */
  readonly maxHeldBytes?: number;
  /**
   * Pages of other origins that may use the answers: `*`, a list of origins, or false. Only listed ones may change
   * settings. @default '*'
   */
  readonly cors?: CorsPolicy;
  /**
   * Public host names under which settings may be changed, besides addresses and local names; `.example.com` is that name
   * and all below it. Not needed with credentials. @default []
   */
  readonly hosts?: readonly string[];
  /**
   * Addresses and networks of proxies whose `X-Forwarded-For` is trusted. Limits are shared between the clients that it
   * names. @default []
   */
  readonly trustedProxies?: readonly string[];
  /** Milliseconds that a snapshot waits for a frame. Timelapse tools give up after 2000. @default 1800 */
  readonly snapshotTimeout?: number;
  /** Milliseconds after which a stream without a new frame repeats its last one, for browsers, watchdogs and proxies. @default 1000 */
  readonly repeatAfter?: number;
  /** Milliseconds after which a viewer that has not read the whole part that it is being sent is closed. @default 30000 */
  readonly stallTimeout?: number;
  /** Milliseconds in which a request must arrive. Answers, streams among them, may take any time. @default 10000 */
  readonly requestTimeout?: number;
  /** The files at `/` and below: the page. Borrowed. @default [] */
  readonly assets?: readonly Asset[];
  /** Handlers of WebSocket connections on this port. Closed with the gateway. @default [] */
  readonly upgrades?: readonly UpgradeHandler[];
  /** What other gateways have sent, for viewer counts and metrics. Borrowed. @default [] */
  readonly otherTraffic?: readonly GatewayTraffic[];
  /** Logs viewers, closed clients and faults. @default no logging */
  readonly logger?: Logger;
}

export type HttpGatewaySettings = Required<Omit<HttpGatewayOptions, 'credentials'>> & {
  readonly credentials: readonly Credential[] | undefined;
};

const milliseconds = (max: number) => wholeNumber({ min: 1, max });

const ORIGIN_ALLOWED = 'an origin such as https://example.com';
/** The address of a page is reduced to its origin, as browsers send it. */
const origin = z.url({ protocol: /^https?$/, error: ORIGIN_ALLOWED }).transform((url) => new URL(url).origin);

const credential = z.object({ name: textLike(/^[^:]+$/, 'a name without a colon'), password: text('a password') });

const schema = z.object({
  host: text('an address of this machine').default('0.0.0.0'),
  port: port().default(8090),
  // An empty list would admit no client.
  credentials: z.array(credential).min(1, 'a list with at least one name and password').optional(),
  maxViewers: wholeNumber({ min: 1, max: 100_000 }).default(1000),
  maxHeldBytes: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).default(100_663_296),
  cors: z.union([z.literal('*'), z.literal(false), z.array(origin)], `*, false, or a list of origins`).default('*'),
  hosts: z.array(hostName()).default([]),
  trustedProxies: z.array(addressRange()).default([]),
  snapshotTimeout: milliseconds(MAX_SNAPSHOT_TIMEOUT_MS).default(1800),
  repeatAfter: milliseconds(600_000).default(1000),
  stallTimeout: milliseconds(3_600_000).default(30_000),
  requestTimeout: milliseconds(600_000).default(10_000),
});

/** Fills in the defaults. @throws FramehubError `HTTP_INVALID_OPTION`: key and what is allowed; never a password */
export function readOptions(options: HttpGatewayOptions): HttpGatewaySettings {
  const { logger = silentLogger, assets = [], upgrades = [], otherTraffic = [], ...given } = options;
  const read = parseWith(schema, given, { code: 'HTTP_INVALID_OPTION', what: 'options', secret: ['credentials'] });
  return { ...read, credentials: read.credentials, assets, upgrades, otherTraffic, logger };
}
