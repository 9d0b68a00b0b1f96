import { hostname } from 'node:os';
import { FramehubError, type Logger, parseRendition, type Rendition, silentLogger, WIDTH } from '@framehub/frame';
import { z } from 'zod';
import { type EmbeddedBrokerOptions, embeddedSchema } from './embedded/options.js';
import type { TlsSettings } from './link/client-options.js';
import type { Qos } from './message.js';
import { faultOfCron } from './schedule.js';
import { isSendable } from './sendable.js';

export interface MqttGatewayOptions {
  /** Of the broker: `mqtt://`, `mqtts://`, `ws://` or `wss://`. Either this or `embedded`. */
  readonly url?: string | undefined;
  /** Starts a broker of its own instead. */
  readonly embedded?: EmbeddedBrokerOptions | undefined;
  /** Of all topics. @default 'framehub' */
  readonly prefix?: string | undefined;
  /** One of its own for each framehub; the broker closes the older of two. @default made of host name and prefix */
  readonly clientId?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts; for `mqtts` and `wss`. */
  readonly tls?: TlsSettings | undefined;
  /** `auto` takes 5, or 3.1.1 where the broker does not know it. @default 'auto' */
  readonly version?: 'auto' | '5' | '3.1.1' | undefined;
  /** Of snapshots. @default 1 */
  readonly qos?: Qos | undefined;
  /** Whether the broker keeps the newest snapshot. @default true */
  readonly retain?: boolean | undefined;
  /** Seconds. @default 30 */
  readonly keepalive?: number | undefined;
  /** Where people find a camera; goes into attributes and to Home Assistant. */
  readonly httpUrl?: ((camera: string) => string | undefined) | undefined;
  readonly homeassistant?: HomeAssistantOptions | undefined;
  /** For cameras that `cameras` does not name. @default only on command */
  readonly camera?: CameraPlan | undefined;
  /** By name. */
  readonly cameras?: Readonly<Record<string, CameraPlan>> | undefined;
  /** Milliseconds between two `stats` of a camera whose state stays. @default 30000 */
  readonly statsEvery?: number | undefined;
  /** Milliseconds between attempts to connect: the first pause and the longest. @default 1000 to 30000 */
  readonly reconnect?: { readonly min?: number; readonly max?: number } | undefined;
  readonly logger?: Logger | undefined;
}

export interface HomeAssistantOptions {
  /** @default true */
  readonly enabled?: boolean | undefined;
  /** @default 'homeassistant' */
  readonly discoveryPrefix?: string | undefined;
  /** Tells several framehubs apart: letters, digits, `_` and `-`. @default the host's name */
  readonly nodeId?: string | undefined;
}

/** What of a camera is published by itself. */
export interface CameraPlan {
  /** Milliseconds between snapshots. Neither this nor `cron`: only on command. */
  readonly every?: number | undefined;
  /** Five or six fields, local time. */
  readonly cron?: string | undefined;
  /** Of snapshots and frames. */
  readonly rendition?: Rendition | undefined;
  /** Live frames for who asks for them. @default none */
  readonly frames?: FramesPlan | undefined;
}

export interface FramesPlan {
  /** Frames a second at most. */
  readonly fps: number;
  /** Milliseconds that one wish lasts. @default 15000 */
  readonly keepAlive?: number | undefined;
}

const DAY = 86_400_000;
const PRINTABLE = 'allowed are printable characters';
/** Without wildcards, and not in the broker's own `$SYS`. */
const topic = z
  .string()
  .regex(/^[^/+#$\s][^+#\s]{0,127}(?<!\/)$/, 'topic levels without +, #, spaces, or / at an end')
  .refine(isSendable, PRINTABLE);
const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and -');
const text = z.string().min(1).max(65_535);
const sentText = text.refine(isSendable, PRINTABLE);

const rendition = z
  .strictObject({
    rotate: z.literal([0, 90, 180, 270]).optional(),
    flip: z.enum(['none', 'horizontal', 'vertical', 'both']).optional(),
    width: z.int().min(WIDTH.min).max(WIDTH.max).optional(),
    quality: z.int().min(1).max(100).optional(),
  })
  .transform((given) =>
    parseRendition(
      Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key, value === undefined ? value : String(value)]),
      ),
    ),
  );

const plan = z
  .strictObject({
    every: z
      .int()
      .min(100)
      .max(7 * DAY)
      .optional(),
    cron: z
      .string()
      .max(200)
      .superRefine((pattern, context) => {
        const fault = faultOfCron(pattern);
        if (fault) context.addIssue({ code: 'custom', message: `a pattern such as '0 7-19 * * *': ${fault}` });
      })
      .optional(),
    rendition: rendition.default({}),
    frames: z
      .strictObject({ fps: z.number().positive().max(60), keepAlive: z.int().min(1000).max(DAY).default(15_000) })
      .optional(),
  })
  .refine(({ every, cron }) => every === undefined || cron === undefined, 'either every or cron');

const node =
  hostname()
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 64) || 'framehub';

const schema = z
  .strictObject({
    url: text.optional(),
    embedded: embeddedSchema.optional(),
    prefix: topic.default('framehub'),
    clientId: sentText.max(256).optional(),
    username: sentText.optional(),
    password: text.optional(),
    tls: z
      .strictObject({
        ca: text.max(1e6).optional(),
        cert: text.optional(),
        key: text.optional(),
        rejectUnauthorized: z.boolean().optional(),
      })
      .default({}),
    version: z.enum(['auto', '5', '3.1.1']).default('auto'),
    qos: z.literal([0, 1, 2]).default(1),
    retain: z.boolean().default(true),
    keepalive: z.int().min(1).max(3600).default(30),
    homeassistant: z
      .strictObject({
        enabled: z.boolean().default(true),
        discoveryPrefix: topic.default('homeassistant'),
        nodeId: name.default(node),
      })
      .prefault({}),
    camera: plan.prefault({}),
    cameras: z.record(name, plan).default({}),
    statsEvery: z.int().min(1000).max(DAY).default(30_000),
    reconnect: z
      .strictObject({ min: z.int().min(10).max(DAY).default(1000), max: z.int().min(10).max(DAY).default(30_000) })
      .prefault({}),
  })
  .refine(({ url, embedded }) => (url === undefined) !== (embedded === undefined), 'give either url or embedded');

export type CameraSettingsPlan = z.output<typeof plan>;

export type MqttGatewaySettings = Omit<z.output<typeof schema>, 'clientId'> & {
  readonly clientId: string;
  readonly httpUrl: (camera: string) => string | undefined;
  readonly logger: Logger;
};

/** Fills in what is absent. @throws FramehubError `MQTT_INVALID_OPTION`: key and what is allowed; never a value, which may be secret */
export function readOptions({
  logger = silentLogger,
  httpUrl = () => undefined,
  ...given
}: MqttGatewayOptions): MqttGatewaySettings {
  const read = schema.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    const key = issue?.path.join('.') || 'options';
    throw new FramehubError('MQTT_INVALID_OPTION', `${key} is not possible: ${issue?.message.toLowerCase()}`, { key });
  }
  const { clientId = `framehub-${node}-${read.data.prefix.replaceAll('/', '-')}`, ...rest } = read.data;
  return { ...rest, clientId, httpUrl, logger };
}
