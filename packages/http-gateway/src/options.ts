import { FramehubError, type GatewayTraffic, isAddressRange, type Logger, silentLogger } from '@framehub/frame';
import { z } from 'zod';
import type { CorsPolicy, Credential } from './access.js';
import type { Asset } from './page.js';
import { MAX_SNAPSHOT_TIMEOUT_MS } from './query.js';
import type { UpgradeHandler } from './upgrades.js';

export interface HttpGatewayOptions {
  /** Address to listen on; `0.0.0.0` and `::` mean all, IPv4 and IPv6. @default '0.0.0.0' */
  readonly host?: string;
  /** 0 takes any free one. @default 8090 */
  readonly port?: number;
  /** Who may come in, by basic authentication; anyone when absent. Guards everything but /healthz. @default undefined */
  readonly credentials?: readonly Credential[] | undefined;
  /** Streams at a time, and snapshots on their way, shared between addresses. @default 1000 */
  readonly maxViewers?: number;
  /**
   * Bytes of pictures that slow clients may keep in memory: beyond, connections of the one that holds most are closed.
   * @default 100663296
   */
  readonly maxHeldBytes?: number;
  /** Which foreign pages may use the answers: `*`, a list of origins, or false. Only listed ones may change settings. @default '*' */
  readonly cors?: CorsPolicy;
  /**
   * Public names under which settings may be changed besides addresses and local names; `.example.com` is that one and all
   * below it. Not asked for where there are credentials. @default []
   */
  readonly hosts?: readonly string[];
  /**
   * Addresses and networks of proxies that say by `X-Forwarded-For` for whom they ask; nobody else is believed. Places are
   * shared between the clients that they name. @default []
   */
  readonly trustedProxies?: readonly string[];
  /** Milliseconds that a snapshot waits for a frame. Timelapse tools give up after 2000. @default 1800 */
  readonly snapshotTimeout?: number;
  /** Milliseconds after which a stream without a new frame repeats its last: for browsers, watchdogs and proxies. @default 1000 */
  readonly repeatAfter?: number;
  /** Milliseconds after which a viewer that has not taken the part it is being sent, to its end, is closed. @default 30000 */
  readonly stallTimeout?: number;
  /** Milliseconds in which a request must have come; answers, streams among them, may take as long as they like. @default 10000 */
  readonly requestTimeout?: number;
  /** What lies at `/` and beside it: the page. @default nothing */
  readonly assets?: readonly Asset[];
  /** Who speaks other protocols on this port. Closed with the gateway. @default none */
  readonly upgrades?: readonly UpgradeHandler[];
  /** What other gateways have sent, for viewer counts and metrics. @default none */
  readonly otherTraffic?: readonly GatewayTraffic[];
  readonly logger?: Logger;
}

export type HttpGatewaySettings = Required<Omit<HttpGatewayOptions, 'credentials'>> & {
  readonly credentials: readonly Credential[] | undefined;
};

const milliseconds = (max: number) => z.number().int().min(1).max(max);

/** As browsers send it: an address of a page is cut down to its origin. */
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

const hostName = z
  .string()
  .regex(/^\.?[\w-]+(\.[\w-]+)*$/, 'allowed is a name such as camera.example.com, without port');

const schema = z.object({
  host: z.string().min(1).default('0.0.0.0'),
  port: z.number().int().min(0).max(65_535).default(8090),
  // An empty list would let nobody in, or, read carelessly, everybody.
  credentials: z
    .array(z.object({ name: z.string().regex(/^[^:]+$/, 'a name without a colon'), password: z.string().min(1) }))
    .min(1)
    .optional(),
  maxViewers: z.number().int().min(1).max(100_000).default(1000),
  maxHeldBytes: z
    .number()
    .int()
    .min(0)
    .default(96 * 2 ** 20),
  cors: z.union([z.literal('*'), z.literal(false), z.array(origin)]).default('*'),
  hosts: z.array(hostName.toLowerCase()).default([]),
  trustedProxies: z
    .array(
      z.string().refine(isAddressRange, 'allowed is an address such as 127.0.0.1, or a network such as 10.0.0.0/8'),
    )
    .default([]),
  snapshotTimeout: milliseconds(MAX_SNAPSHOT_TIMEOUT_MS).default(1800),
  repeatAfter: milliseconds(600_000).default(1000),
  stallTimeout: milliseconds(3_600_000).default(30_000),
  requestTimeout: milliseconds(600_000).default(10_000),
});

/** Fills in what is absent. @throws FramehubError `HTTP_INVALID_OPTION`: key and what is allowed; never the value of a password */
export function readOptions(options: HttpGatewayOptions): HttpGatewaySettings {
  const { logger = silentLogger, assets = [], upgrades = [], otherTraffic = [], ...given } = options;
  const read = schema.safeParse(given);
  if (read.success) return { ...read.data, credentials: read.data.credentials, assets, upgrades, otherTraffic, logger };
  const [issue] = read.error.issues;
  const key = issue?.path.join('.') || 'options';
  throw new FramehubError('HTTP_INVALID_OPTION', `${key} is not possible: ${issue?.message.toLowerCase()}`, { key });
}
