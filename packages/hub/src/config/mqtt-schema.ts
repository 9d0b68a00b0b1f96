import { filePath, flag, oneOf, port, report, text, textLike, wholeNumber } from '@framehub/settings';
import { z } from 'zod';
import { mqttPlanFields, refuseTwoSchedules } from './mqtt-plan-schema.js';

const urlAllowed = 'mqtt://HOST, mqtts://HOST, ws://HOST or wss://HOST, with :PORT where it is another than usual';
const topicAllowed = 'a topic without spaces, +, #, or / at an end';

const topic = textLike(/^[^/+#$\s\0][^+#\s\0]{0,127}(?<!\/)$/, topicAllowed);

/** Of a broker, with name and password or without. */
export const mqttUrl = z
  .string({ error: urlAllowed })
  .regex(/^(mqtts?|wss?):\/\/[^\s/]/, { error: urlAllowed })
  .refine((value) => URL.canParse(value), { error: urlAllowed });

const embedded = z.union(
  [
    z.literal(true),
    z.strictObject({
      host: text('an address of this machine, or 0.0.0.0 for all')
        .default('127.0.0.1')
        .describe('Address to listen on; give it a user where it is not this machine only.'),
      port: port().default(1883).describe('TCP port.'),
      user: text('a name').optional().describe('Who may connect. Default: anyone who reaches it.'),
      passwordFile: filePath().optional().describe('File with the user’s password, and nothing else.'),
    }),
  ],
  { error: 'true, or an object with host, port, user, passwordFile' },
);

const tls = z
  .strictObject({
    ca: filePath().optional().describe('Certificates that are trusted, in place of the usual ones (PEM).'),
    cert: filePath().optional().describe('Certificate of our own, for brokers that ask for one (PEM).'),
    key: filePath().optional().describe('Its key (PEM).'),
    verify: flag().default(true).describe('False: whoever answers is believed to be the broker.'),
  })
  .superRefine(({ cert, key }, context) => {
    if ((cert === undefined) !== (key === undefined))
      report(context, [cert ? 'key' : 'cert'], 'cert and key go together');
  })
  .optional()
  .describe('For mqtts and wss.');

const nodeAllowed = 'letters, digits, - and _';
const homeassistant = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        discoveryPrefix: topic.default('homeassistant').describe('As it is set in Home Assistant.'),
        nodeId: textLike(/^[\w-]{1,64}$/, nodeAllowed)
          .optional()
          .describe('Tells several framehubs apart. Default: the host’s name.'),
      }),
    ],
    { error: 'true, false, or an object with discoveryPrefix, nodeId' },
  )
  .default(true)
  .describe('Whether cameras show up in Home Assistant.');

const section = z
  .strictObject({
    url: mqttUrl.optional().describe(`Of the broker: ${urlAllowed}. Default: the embedded one.`),
    embedded: embedded.optional().describe('A broker of its own, on this machine: true, or how it is to listen.'),
    prefix: topic.default('framehub').describe('First word of all topics; one for each framehub at a broker.'),
    clientId: text('a text').optional().describe('One for each framehub. Default: made of host name and prefix.'),
    username: text('a name').optional().describe('At the broker. Default: FRAMEHUB_MQTT_USERNAME, if it is set.'),
    passwordFile: filePath()
      .optional()
      .describe('File with the password, and nothing else. Default: FRAMEHUB_MQTT_PASSWORD, if it is set.'),
    tls,
    version: z
      .literal(['auto', 5, '5', '3.1.1'], { error: 'auto, 5 or 3.1.1' })
      .default('auto')
      .describe('Of MQTT; auto is 5, and 3.1.1 where the broker does not know it.'),
    qos: oneOf([0, 1, 2]).default(1).describe('Quality of service of snapshots.'),
    retain: flag().default(true).describe('Whether the broker keeps the newest snapshot.'),
    keepalive: wholeNumber({ min: 1, max: 3600 }).default(30).describe('Seconds.'),
    homeassistant,
    ...mqttPlanFields,
  })
  .superRefine(({ url, embedded }, context) => {
    if (url !== undefined && embedded !== undefined)
      report(context, ['embedded'], 'url and embedded exclude each other');
  })
  .superRefine(refuseTwoSchedules);

export type MqttConfig = z.output<typeof section>;

export const mqttDefaults: MqttConfig = section.parse({});

export const mqttSchema = section.optional().describe('Snapshots, state and commands over MQTT. Default: none.');
