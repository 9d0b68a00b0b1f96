import { QUALITY } from '@framehub/frame';
import {
  addressRange,
  chosenName,
  filePath,
  hostName,
  oneOf,
  port,
  text,
  textLike,
  wholeNumber,
} from '@framehub/settings';
import { z } from 'zod';
import { cameraSchema } from './camera-schema.js';
import { mqttSchema } from './mqtt-schema.js';

/** A camera's name. One of digits only would be taken for a number in addresses such as `/0/stream`. */
export const cameraName = chosenName(/^(?!\d+$)[\w-]{1,64}$/, 'letters, digits, - and _, not digits only');

const corsAllowed = '*, false, or a list of origins such as https://printer.local';

/** The section `http`, field by field. */
export const httpFields = {
  host: text('an address of this machine, 0.0.0.0 for all, or a name')
    .default('0.0.0.0')
    .describe('Address to listen on. 0.0.0.0 is every address, IPv6 too; 127.0.0.1 is this machine only.'),
  port: port().default(8090).describe('TCP port to listen on. 0 takes any that is free.'),
  authFile: filePath()
    .optional()
    .describe('File with lines NAME:PASSWORD. Other clients get nothing but /healthz. Default: no password.'),
  maxViewers: wholeNumber({ min: 1, max: 100_000 })
    .default(1000)
    .describe('Viewers at a time, shared between addresses. One more is refused with status 503.'),
  cors: z
    .union([z.literal('*'), z.literal(false), z.array(textLike(/^https?:\/\/[^/\s]+$/, corsAllowed)).min(1)], {
      error: corsAllowed,
    })
    .default('*')
    .describe(
      'Origins of other pages that may read responses: * all, false none, or a list. Only listed ones may change settings.',
    ),
  hosts: z
    .array(hostName())
    .default([])
    .describe(
      'Public names of this machine under which settings may be changed. Addresses and local names are always allowed; with a password, any name is.',
    ),
  trustedProxies: z
    .array(addressRange())
    .default([])
    .describe('Proxies whose X-Forwarded-For is believed. Viewers are then shared between the clients it names.'),
} as const;

/** The section `encoder`, field by field. */
export const encoderFields = {
  codec: oneOf(['auto', 'turbo', 'portable'])
    .default('auto')
    .describe(
      'What makes JPEGs: turbo is libjpeg-turbo, portable is jpeg-js, which is much slower; auto is the first that works.',
    ),
  library: text('the path of a library')
    .optional()
    .describe('Path of a libturbojpeg to use. Default: the one installed with framehub, then the system’s.'),
  threads: wholeNumber({ min: 1, max: 64 })
    .optional()
    .describe('Threads that encode. Default: by the number of cores, at most 4.'),
  quality: wholeNumber(QUALITY).default(80).describe('JPEG quality of frames that are encoded here.'),
  subsampling: oneOf(['auto', '4:4:4', '4:2:2', '4:2:0'])
    .default('auto')
    .describe('Colour resolution of frames that are encoded here; auto keeps the camera’s.'),
} as const;

/** The section `log`, field by field. */
export const logFields = {
  level: oneOf(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least important messages to log.'),
  file: filePath().optional().describe('Appends the log to this file too, one JSON object a line.'),
} as const;

/** A whole configuration. */
export const configSchema = z
  .strictObject({
    cameras: z
      .record(cameraName, cameraSchema, { error: 'cameras by name' })
      .default({})
      .describe('Cameras by name, in order. Default: the one camera that is connected, or else a test pattern.'),
    http: z.strictObject(httpFields).prefault({}).describe('The HTTP gateway: streams, snapshots and the control API.'),
    mqtt: mqttSchema,
    encoder: z.strictObject(encoderFields).prefault({}).describe('How frames become JPEGs.'),
    log: z.strictObject(logFields).prefault({}).describe('Messages.'),
  })
  .meta({ title: 'framehub configuration' });

/** A configuration as it is written in a file. */
export type ConfigInput = z.input<typeof configSchema>;
/** A configuration that is checked, with every default filled in. */
export type Config = z.output<typeof configSchema>;

/** JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-07' });
}
