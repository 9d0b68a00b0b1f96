import { z } from 'zod';
import { settingsSchemas } from './settings.js';

/** What the control API takes and gives; the OpenAPI document is made of these. */

const problem = z.object({
  error: z.object({
    code: z.string().meta({ examples: ['CAMERA_UNKNOWN'] }),
    message: z.string().meta({ description: 'One line that says what to do.' }),
  }),
  cameras: z
    .array(z.string())
    .optional()
    .meta({ description: 'The cameras there are, where an unknown one was asked for.' }),
});

const cameraError = z.object({ code: z.string(), message: z.string() }).nullable();

export const CAMERA_STATES = ['starting', 'live', 'standby', 'retrying', 'off', 'closed'] as const;

const camera = z.object({
  name: z.string(),
  index: z.int().meta({ description: 'Its number in addresses, from 0.' }),
  source: z.string(),
  state: z.enum(CAMERA_STATES),
  error: cameraError.meta({ description: 'What went wrong last, while it has not got better.' }),
  placeholder: z
    .string()
    .nullable()
    .meta({ description: 'What the card says that viewers see while there is no picture.', examples: ['NO SIGNAL'] }),
  settings: settingsSchemas.settings,
  format: z
    .object({ fourcc: z.string(), width: z.int(), height: z.int() })
    .nullable()
    .meta({ description: 'What the camera sends, before anything is done to it.' }),
  rendition: z
    .object({
      rotate: z.int().optional(),
      flip: z.string().optional(),
      width: z.int().optional(),
      quality: z.int().optional(),
    })
    .meta({ description: 'What is done to every picture before a viewer’s own wishes.' }),
  fps: z.object({ nominal: z.number().nullable(), measured: z.number() }),
  frames: z.object({
    captured: z.int(),
    dropped: z.record(z.string(), z.int()).meta({ description: 'By reason, before any viewer is concerned.' }),
  }),
  viewers: z.int().meta({ description: 'Streams that this gateway serves.' }),
  sent: z.object({
    frames: z.int(),
    bytes: z.int(),
    skipped: z.int().meta({ description: 'Frames that a viewer missed because it was too slow.' }),
  }),
  lastFrameAt: z.number().nullable().meta({ description: 'Unix milliseconds.' }),
  frozenSince: z
    .number()
    .nullable()
    .meta({ description: 'Unix milliseconds since when the picture has not changed by a single sample.' }),
  restarts: z.int().meta({ description: 'Times it was started again after a failure.' }),
  failures: z.record(z.string(), z.int()).meta({ description: 'By code.', examples: [{ CAPTURE_DEVICE_GONE: 1 }] }),
});

const wholeNumber = z
  .union([z.number(), z.string()])
  .meta({ description: 'Digits in a text where a number of JSON would not be exact.', examples: [128] });

const control = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['integer', 'boolean', 'menu', 'button', 'integer64', 'bitmask', 'string', 'other']),
  value: z
    .union([z.number(), z.string()])
    .nullable()
    .meta({ description: 'As a whole number, or the text of a `string`; null for what has none, as buttons.' }),
  minimum: wholeNumber.meta({ description: 'Of a `string`: of its length.' }),
  maximum: wholeNumber,
  step: wholeNumber,
  default: wholeNumber,
  menu: z.array(z.object({ value: z.number(), label: z.string() })).nullable(),
  inactive: z.boolean().meta({ description: 'Without effect for now, as exposure time while exposure is automatic.' }),
  readOnly: z.boolean(),
  volatile: z.boolean().meta({ description: 'The camera changes it by itself.' }),
  grabbed: z.boolean().meta({ description: 'In use by another program, for now.' }),
});

const controlValues = z
  .record(
    z.string(),
    z.union([z.number(), z.boolean(), z.string()], { error: 'allowed is a number, true, false or a text' }),
    { error: 'allowed is an object such as {"brightness": 140}' },
  )
  .meta({
    description:
      'Values by name of control; all are set, or none. A menu takes the text of an item as well as its number, a 64-bit number its digits as text, a button anything true.',
    examples: [{ brightness: 140, auto_exposure: 'Manual Mode' }],
  });

const controls = z.object({ controls: z.array(control) });

const readiness = z.object({
  ready: z.boolean(),
  cameras: z.record(z.string(), z.object({ ready: z.boolean(), reason: z.string() })),
});

export type CameraReport = z.infer<typeof camera>;
export type ControlsReport = z.infer<typeof controls>;
export type Readiness = z.infer<typeof readiness>;

export const schemas = {
  problem,
  camera,
  cameras: z.object({ cameras: z.array(camera) }),
  controls,
  controlValues,
  settingsChange: settingsSchemas.change,
  readiness,
  health: z.object({ ok: z.literal(true) }),
  state: z.looseObject({ ok: z.literal(true) }).meta({ description: 'As ustreamer answers /state.' }),
};
