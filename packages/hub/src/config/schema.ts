import { QUALITY } from '@framehub/frame';
import { addressRange, chosenName, filePath, hostName, oneOf, port, text, wholeNumber } from '@framehub/settings';
import { z } from 'zod';
import { cameraSchema } from './camera-schema.js';
import { mqttSchema } from './mqtt-schema.js';

/** A name of digits only would be taken for a number in addresses such as `/0/stream`. */
const CAMERA_NAME = /^(?!\d+$)[\w-]{1,64}$/;
export const cameraName = chosenName(CAMERA_NAME, 'letters, digits, - and _, not digits only');

const CORS_ALLOWED = '*, false, or a list of origins such as https://printer.local';
const origin = z.string().regex(/^https?:\/\/[^/\s]+$/, { error: CORS_ALLOWED });

export const httpFields = {
  host: text('an address of this machine, 0.0.0.0 for all, or a name')
    .default('0.0.0.0')
    .describe('Address to listen on; 0.0.0.0 is all of them, IPv6 too, and 127.0.0.1 this machine only.'),
  port: port().default(8090).describe('TCP port; 0 takes any that is free.'),
  authFile: filePath()
    .optional()
    .describe('File with lines NAME:PASSWORD; who knows none of them sees nothing but /healthz. Default: no password.'),
  maxViewers: wholeNumber({ min: 1, max: 100_000 })
    .default(1000)
    .describe('Viewers at a time, shared between addresses; one more is refused with 503.'),
  cors: z
    .union([z.literal('*'), z.literal(false), z.array(origin).min(1)], { error: CORS_ALLOWED })
    .default('*')
    .describe('Foreign pages that may use the answers: * all, false none, or a list; settings take a listed one only.'),
  hosts: z
    .array(hostName())
    .default([])
    .describe(
      'Public names of this machine under which settings may be changed; addresses and local names always may, and with a password nobody asks.',
    ),
  trustedProxies: z
    .array(addressRange())
    .default([])
    .describe(
      'Proxies that are believed when X-Forwarded-For says for whom they ask; places are shared between those clients.',
    ),
} as const;

const httpSchema = z
  .strictObject(httpFields)
  .prefault({})
  .describe('The HTTP gateway: streams, snapshots and the control API.');

export const encoderFields = {
  codec: oneOf(['auto', 'turbo', 'portable'])
    .default('auto')
    .describe(
      'What makes JPEGs: libjpeg-turbo, or the portable jpeg-js, which is much slower; auto takes the latter where the former is missing.',
    ),
  library: text('the path of a library')
    .optional()
    .describe('Path of a libturbojpeg to use. Default: the one installed with framehub, then the system’s.'),
  threads: wholeNumber({ min: 1, max: 64 })
    .optional()
    .describe('Threads that encode. Default: by the number of cores.'),
  quality: wholeNumber(QUALITY).default(80).describe('JPEG quality of pictures that are encoded here.'),
  subsampling: oneOf(['auto', '4:4:4', '4:2:2', '4:2:0'])
    .default('auto')
    .describe('Colour resolution of pictures that are encoded here; auto keeps the camera’s.'),
} as const;

const encoderSchema = z.strictObject(encoderFields).prefault({}).describe('How pictures become JPEGs.');

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const logFields = {
  level: oneOf(LOG_LEVELS).default('info').describe('The least important messages to show.'),
  file: filePath().optional().describe('Appends the log to this file too, one JSON object a line.'),
} as const;

const logSchema = z.strictObject(logFields).prefault({}).describe('Messages.');

const camerasSchema = z
  .record(cameraName, cameraSchema, { error: 'a list of cameras by name' })
  .default({})
  .describe('Cameras by name, first to last. Without any, the one camera that is connected, or else a test pattern.');

export const configSchema = z
  .strictObject({
    cameras: camerasSchema,
    http: httpSchema,
    mqtt: mqttSchema,
    encoder: encoderSchema,
    log: logSchema,
  })
  .meta({ title: 'framehub configuration' });

/** A configuration as people write it. */
export type ConfigInput = z.input<typeof configSchema>;
/** The same checked, with every default filled in. */
export type Config = z.output<typeof configSchema>;

/** JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-07' });
}
