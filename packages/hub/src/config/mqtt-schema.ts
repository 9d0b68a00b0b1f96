import { FLIPS, QUALITY, ROTATIONS, WIDTH } from '@framehub/frame';
import { faultOfCron } from '@framehub/mqtt-gateway/schedule';
import {
  duration,
  filePath,
  flag,
  oneOf,
  port,
  positiveNumber,
  report,
  text,
  textLike,
  wholeNumber,
} from '@framehub/settings';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const MAX_LIVE_FPS = 60;
const cronAllowed =
  "five fields such as '0 7-19 * * *' (minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7), or six with seconds first";
/** What the address of an MQTT server must be, for messages. */
export const MQTT_URL_ALLOWED =
  'mqtt://HOST, mqtts://HOST, ws://HOST or wss://HOST, with :PORT where it differs from the default';
const topic = textLike(/^[^/+#$\s\0][^+#\s\0]{0,127}(?<!\/)$/, 'an MQTT topic without spaces, +, #, or / at an end');

/** What of a camera is published over MQTT. Without defaults, because what a camera leaves out the section `mqtt` fills in. */
export const mqttPlanFields = {
  every: duration({ min: 100, max: 7 * DAY_MS }, 'never')
    .optional()
    .describe('Time from one snapshot to the next: 10s, 500ms, 2m. Default: never, which is only on command.'),
  cron: z
    .string({ error: cronAllowed })
    .regex(/^\s*[\w*/,?#-]+(\s+[\w*/,?#-]+){4,5}\s*$/, { error: cronAllowed, abort: true })
    .superRefine((pattern, context) => {
      const fault = faultOfCron(pattern);
      if (fault) context.addIssue({ code: 'custom', message: `${cronAllowed}; ${fault.toLowerCase()}` });
    })
    .optional()
    .describe("When snapshots are taken, instead of every: '0 7-19 * * *' is each full hour from 7 to 19, local time."),
  width: wholeNumber(WIDTH).optional().describe('Scales snapshots down to this width.'),
  quality: wholeNumber(QUALITY).optional().describe('JPEG quality of snapshots.'),
  rotate: oneOf(ROTATIONS).optional().describe('Rotation in degrees clockwise, on top of the camera’s own.'),
  flip: oneOf(FLIPS).optional().describe('Mirrors snapshots, before they are rotated.'),
  frames: z
    .strictObject({ fps: positiveNumber(MAX_LIVE_FPS).describe('Frames per second, at most.') })
    .optional()
    .describe('Live frames for clients that request them at frame/request. Default: none.'),
} as const;

type Scheduled = { readonly every?: unknown; readonly cron?: unknown };

function refuseTwoSchedules({ every, cron }: Scheduled, context: z.RefinementCtx): void {
  if (every !== undefined && cron !== undefined) report(context, ['cron'], 'every and cron exclude each other');
}

export const mqttPlanSchema = z
  .strictObject(mqttPlanFields)
  .superRefine(refuseTwoSchedules)
  .optional()
  .describe('What of this camera is published over MQTT, instead of what the section mqtt says for all.');

export type MqttPlan = NonNullable<z.output<typeof mqttPlanSchema>>;

/** The address of an MQTT server, with user name and password or without. */
export const mqttUrl = textLike(/^(mqtts?|wss?):\/\/[^\s/]/, MQTT_URL_ALLOWED).refine((value) => URL.canParse(value), {
  error: MQTT_URL_ALLOWED,
});

const embedded = z.union(
  [
    z.literal(true),
    z.strictObject({
      host: text('an address of this machine, or 0.0.0.0 for all')
        .default('127.0.0.1')
        .describe('Address to listen on. Set a user where other machines can connect.'),
      port: port().default(1883).describe('TCP port.'),
      user: text('a name').optional().describe('The only user that may connect. Default: any client.'),
      passwordFile: filePath().optional().describe('File with the user’s password, and nothing else.'),
    }),
  ],
  { error: 'true, or an object with host, port, user, passwordFile' },
);

const tls = z
  .strictObject({
    ca: filePath().optional().describe('Certificates that are trusted, instead of the system’s (PEM).'),
    cert: filePath().optional().describe('Client certificate, for MQTT servers that require one (PEM).'),
    key: filePath().optional().describe('Key of the client certificate (PEM).'),
    verify: flag().default(true).describe('False accepts any certificate of the MQTT server.'),
  })
  .superRefine(({ cert, key }, context) => {
    if ((cert === undefined) !== (key === undefined))
      report(context, [cert ? 'key' : 'cert'], 'cert and key go together');
  })
  .optional()
  .describe('For mqtts and wss.');

const homeassistant = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        discoveryPrefix: topic.default('homeassistant').describe('As it is set in Home Assistant.'),
        nodeId: textLike(/^[\w-]{1,64}$/, 'letters, digits, - and _')
          .optional()
          .describe('Distinguishes several framehubs. Default: the host’s name.'),
      }),
    ],
    { error: 'true, false, or an object with discoveryPrefix, nodeId' },
  )
  .default(true)
  .describe('Whether cameras show up in Home Assistant.');

const section = z
  .strictObject({
    url: mqttUrl.optional().describe(`Address of the MQTT server: ${MQTT_URL_ALLOWED}. Default: the embedded one.`),
    embedded: embedded.optional().describe('Embedded MQTT server on this machine: true, or how it listens.'),
    prefix: topic.default('framehub').describe('First level of all MQTT topics; one for each framehub at a server.'),
    clientId: text('a text').optional().describe('One for each framehub. Default: made of host name and prefix.'),
    username: text('a name')
      .optional()
      .describe('User name at the MQTT server. Default: FRAMEHUB_MQTT_USERNAME, if it is set.'),
    passwordFile: filePath()
      .optional()
      .describe('File with the password, and nothing else. Default: FRAMEHUB_MQTT_PASSWORD, if it is set.'),
    tls,
    version: z
      .literal(['auto', 5, '5', '3.1.1'], { error: 'auto, 5 or 3.1.1' })
      .default('auto')
      .describe('MQTT version; auto is 5, and 3.1.1 where the MQTT server does not support it.'),
    qos: oneOf([0, 1, 2]).default(1).describe('Quality of service of snapshots.'),
    retain: flag().default(true).describe('Whether the MQTT server retains the newest snapshot.'),
    keepalive: duration({ min: 1000, max: 3_600_000 })
      .default(30_000)
      .describe('Keep-alive interval of the connection: 30s, 1m.'),
    homeassistant,
    ...mqttPlanFields,
  })
  .superRefine((fields, context) => {
    if (fields.url !== undefined && fields.embedded !== undefined)
      report(context, ['embedded'], 'url and embedded exclude each other');
  })
  .superRefine(refuseTwoSchedules);

/** The section `mqtt`, checked, with its defaults. */
export type MqttConfig = z.output<typeof section>;

/** The section `mqtt` without any setting. */
export const mqttDefaults: MqttConfig = section.parse({});

export const mqttSchema = section.optional().describe('Snapshots, state and commands over MQTT. Default: none.');
