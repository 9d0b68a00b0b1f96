import { hostname } from 'node:os';
import {
  type BackOffOptions,
  FLIPS,
  type Logger,
  parseRendition,
  QUALITY,
  type Rendition,
  ROTATIONS,
  silentLogger,
  WIDTH,
} from '@framehub/frame';
import { flag, oneOf, parseWith, port, positiveNumber, report, text, textLike, wholeNumber } from '@framehub/settings';
import { z } from 'zod';
import { isSendable, type Qos } from './message.js';
import { faultOfCron } from './schedule.js';

/** Options of an {@link MqttGateway}. All times are milliseconds. */
export interface MqttGatewayOptions {
  /** Address of the MQTT server: `mqtt://`, `mqtts://`, `ws://` or `wss://`. Either this or `embedded`. */
  readonly url?: string | undefined;
  /** Starts an MQTT server in this process instead. */
  readonly embedded?: EmbeddedServerListenOptions | undefined;
  /** First levels of all MQTT topics; each framehub at a server needs its own. @default 'framehub' */
  readonly prefix?: string | undefined;
  /** Unique at the server, which closes the older of two connections with one id. @default made of host name and prefix */
  readonly clientId?: string | undefined;
  /** @default the address's */
  readonly username?: string | undefined;
  /** Never logged. @default the address's */
  readonly password?: string | undefined;
  /** For `mqtts` and `wss`. */
  readonly tls?: TlsSettings | undefined;
  /** MQTT version; `auto` is 5, or 3.1.1 where the server does not know 5. @default 'auto' */
  readonly version?: 'auto' | '5' | '3.1.1' | undefined;
  /** Quality of service of snapshots. @default 1 */
  readonly qos?: Qos | undefined;
  /** Whether the server retains the newest snapshot. @default true */
  readonly retain?: boolean | undefined;
  /** Keep-alive interval, 1000 to 3,600,000 ms; MQTT rounds it up to seconds. @default 30000 */
  readonly keepalive?: number | undefined;
  /** Address of a camera's web page, for attributes and Home Assistant. @default none */
  readonly httpUrl?: ((camera: string) => string | undefined) | undefined;
  readonly homeassistant?: HomeAssistantOptions | undefined;
  /** Plan of the cameras that `cameras` does not name. @default snapshots only on command */
  readonly camera?: CameraPlan | undefined;
  /** Plans by camera name. */
  readonly cameras?: Readonly<Record<string, CameraPlan>> | undefined;
  /** Longest time between two publications of a camera's `stats`, 1000 ms to 1 day. @default 30000 */
  readonly statsInterval?: number | undefined;
  /** Waits between attempts to connect. @default 1000 to 30000 ms */
  readonly reconnect?: BackOffOptions | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
}

/** How cameras are announced to Home Assistant. */
export interface HomeAssistantOptions {
  /** Whether cameras are announced. @default true */
  readonly enabled?: boolean | undefined;
  /** @default 'homeassistant' */
  readonly discoveryPrefix?: string | undefined;
  /** Tells several framehubs apart: letters, digits, `_` and `-`. @default the host's name */
  readonly nodeId?: string | undefined;
}

/** What is published of a camera without a command. */
export interface CameraPlan {
  /** Time between snapshots, 100 ms to 7 days. Without this and `cron`: only on command. */
  readonly every?: number | undefined;
  /** Times of snapshots: a pattern of five or six fields, in local time. */
  readonly cron?: string | undefined;
  /** Rendition of snapshots and live frames. @default the camera's frames as they are */
  readonly rendition?: Rendition | undefined;
  /** Live frames for clients that request them. @default none */
  readonly frames?: FramesPlan | undefined;
}

/** Live frames of a camera. */
export interface FramesPlan {
  /** Frames per second at most: above 0, up to 60. */
  readonly fps: number;
  /** Time after which a request for live frames ends unless it is repeated, 1000 ms to 1 day. @default 15000 */
  readonly requestLifetime?: number | undefined;
}

/** PEM texts. */
export interface TlsSettings {
  /** Certificates of the authorities to trust. @default those of Node */
  readonly ca?: string | undefined;
  /** Client certificate, with `key`. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Whether the server's certificate must be valid. @default true */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** How an embedded MQTT server listens, and what it takes. */
export interface EmbeddedServerListenOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 takes any free port. @default 1883 */
  readonly port?: number | undefined;
  /** Name that clients must give, with `password`. @default anyone may connect */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Clients at a time, without the owner's own connection. @default 100 */
  readonly maxConnections?: number | undefined;
  /** Bytes of a message from a client; the owner's messages have no limit. @default 2 MiB */
  readonly maxPacketBytes?: number | undefined;
  /** Bytes of the retained messages of all clients together, half of it per address; the owner's do not count. @default 16 MiB */
  readonly maxRetainedBytes?: number | undefined;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const KIB = 1024;
const MIB = 1024 * KIB;
/** Bytes of a text in MQTT. */
const MAX_TEXT = 65_535;
/** Their values never stand in an error. */
const SECRET = ['url', 'user', 'username', 'password', 'tls'];

const milliseconds = (min: number, max: number) => wholeNumber({ min, max });
const bytes = milliseconds;
const printable = (maxLength: number) => {
  const error = `a text of 1 to ${maxLength} printable characters`;
  return text(error, maxLength).refine(isSendable, { error });
};

const topicAllowed = 'topic levels without +, #, spaces, unprintable characters, a / at an end or a $ in front';
const topic = textLike(/^[^/+#$\s][^+#\s]{0,127}(?<!\/)$/, topicAllowed).refine(isSendable, { error: topicAllowed });
const name = textLike(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ or -');

const rendition = z
  .strictObject({
    rotate: oneOf(ROTATIONS),
    flip: oneOf(FLIPS),
    width: wholeNumber(WIDTH),
    quality: wholeNumber(QUALITY),
  })
  .partial()
  .transform(({ rotate, width, quality, flip }) =>
    parseRendition({ flip, rotate: rotate?.toString(), width: width?.toString(), quality: quality?.toString() }),
  );

const cron = text('a pattern of five or six fields', 200).superRefine((pattern, context) => {
  const fault = faultOfCron(pattern);
  if (fault) context.addIssue({ code: 'custom', message: `a pattern such as '0 7-19 * * *' (${fault})` });
});

const plan = z
  .strictObject({
    every: milliseconds(100, 7 * DAY_MS).optional(),
    cron: cron.optional(),
    rendition: rendition.default({}),
    frames: z
      .strictObject({
        fps: positiveNumber(60),
        requestLifetime: milliseconds(SECOND_MS, DAY_MS).default(15 * SECOND_MS),
      })
      .optional(),
  })
  .superRefine((given, context) => {
    if (given.every !== undefined && given.cron !== undefined) report(context, [], 'every and cron exclude each other');
  });

const embedded = z
  .strictObject({
    host: text().default('127.0.0.1'),
    port: port().default(1883),
    user: text().optional(),
    password: text().optional(),
    maxConnections: wholeNumber({ min: 1, max: 10_000 }).default(100),
    maxPacketBytes: bytes(KIB, 256 * MIB).default(2 * MIB),
    maxRetainedBytes: bytes(KIB, Number.MAX_SAFE_INTEGER).default(16 * MIB),
  })
  .superRefine(({ user, password }, context) => {
    if ((user === undefined) !== (password === undefined)) report(context, [], 'user and password go together');
  });

const hostId =
  hostname()
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 64) || 'framehub';

const gateway = z
  .strictObject({
    url: text().optional(),
    embedded: embedded.optional(),
    prefix: topic.default('framehub'),
    clientId: printable(256).optional(),
    username: printable(MAX_TEXT).optional(),
    password: text().optional(),
    tls: z
      .strictObject({ ca: text('a PEM text', MIB), cert: text(), key: text(), rejectUnauthorized: flag() })
      .partial()
      .default({}),
    version: oneOf(['auto', '5', '3.1.1']).default('auto'),
    qos: oneOf([0, 1, 2]).default(1),
    retain: flag().default(true),
    keepalive: milliseconds(SECOND_MS, 3600 * SECOND_MS).default(30 * SECOND_MS),
    homeassistant: z
      .strictObject({
        enabled: flag().default(true),
        discoveryPrefix: topic.default('homeassistant'),
        nodeId: name.default(hostId),
      })
      .prefault({}),
    camera: plan.prefault({}),
    cameras: z.record(name, plan).default({}),
    statsInterval: milliseconds(SECOND_MS, DAY_MS).default(30 * SECOND_MS),
    reconnect: z
      .strictObject({
        minMs: milliseconds(10, DAY_MS).default(SECOND_MS),
        maxMs: milliseconds(10, DAY_MS).default(30 * SECOND_MS),
      })
      .prefault({}),
  })
  .superRefine((given, context) => {
    if ((given.url === undefined) === (given.embedded === undefined))
      report(context, [], 'either url or embedded must be given');
  });

export type CameraPlanSettings = z.output<typeof plan>;

export type EmbeddedServerSettings = z.output<typeof embedded>;

export type MqttGatewaySettings = Omit<z.output<typeof gateway>, 'clientId'> & {
  readonly clientId: string;
  readonly httpUrl: (camera: string) => string | undefined;
  readonly logger: Logger;
};

/** Validates options and fills in defaults. @throws FramehubError `MQTT_INVALID_OPTION`, without secret values */
export function readOptions({
  logger = silentLogger,
  httpUrl = () => undefined,
  ...given
}: MqttGatewayOptions): MqttGatewaySettings {
  const settings = parseWith(gateway, given, { code: 'MQTT_INVALID_OPTION', what: 'options', secret: SECRET });
  const { clientId = `framehub-${hostId}-${settings.prefix.replaceAll('/', '-')}` } = settings;
  return { ...settings, clientId, httpUrl, logger };
}

/** Validates options and fills in defaults. @throws FramehubError `MQTT_INVALID_OPTION`, without secret values */
export function readEmbeddedOptions(options: EmbeddedServerListenOptions): EmbeddedServerSettings {
  return parseWith(embedded, options, { code: 'MQTT_INVALID_OPTION', what: 'embedded', secret: SECRET });
}
