import { controlValuesSchema, settingsChangeSchema, settingsReportSchema } from '@framehub/settings';
import { z } from 'zod';

/** What the control API reads and answers. The OpenAPI document is made of these. */

const problem = z.object({
  error: z.object({
    code: z.string().meta({ examples: ['CAMERA_UNKNOWN'] }),
    message: z.string().meta({ description: 'One line that says what to do.' }),
  }),
  cameras: z
    .array(z.string())
    .optional()
    .meta({ description: 'The names of the cameras, if an unknown one was requested.' }),
});

const cameraError = z.object({ code: z.string(), message: z.string() }).nullable();

export const CAMERA_STATES = ['starting', 'live', 'standby', 'retrying', 'off', 'closed'] as const;

const camera = z.object({
  name: z.string(),
  index: z.int().meta({ description: 'Number of the camera in addresses, from 0.' }),
  source: z.string(),
  state: z.enum(CAMERA_STATES),
  error: cameraError.meta({ description: 'The last failure, until the camera has recovered.' }),
  placeholder: z
    .string()
    .nullable()
    .meta({
      description: 'Text of the placeholder that viewers see while there is no frame.',
      examples: ['NO SIGNAL'],
    }),
  settings: settingsReportSchema,
  format: z
    .object({ fourcc: z.string(), width: z.int(), height: z.int() })
    .nullable()
    .meta({ description: 'What the camera delivers, before it is rendered.' }),
  rendition: settingsReportSchema
    .pick({ rotate: true, flip: true, width: true, quality: true })
    .partial()
    .meta({ description: 'Applied to every frame, before what a viewer requests.' }),
  fps: z
    .object({ nominal: z.number().nullable(), measured: z.number() })
    .meta({ description: 'Frames per second: what the camera promises, and what it delivered in the last seconds.' }),
  frames: z.object({
    captured: z.int(),
    dropped: z.record(z.string(), z.int()).meta({ description: 'By reason, without frames that viewers skipped.' }),
  }),
  viewers: z.int().meta({ description: 'Viewers connected to this port now.' }),
  sent: z.object({
    frames: z.int(),
    bytes: z.int(),
    skipped: z.int().meta({ description: 'Frames that viewers missed because they were too slow.' }),
  }),
  lastFrameAt: z.number().nullable().meta({ description: 'Unix milliseconds of the newest frame.' }),
  frozenSince: z
    .number()
    .nullable()
    .meta({ description: 'Unix milliseconds since when the frame has not changed by a single sample.' }),
  restarts: z.int().meta({ description: 'Times the camera was restarted after a failure.' }),
  failures: z.record(z.string(), z.int()).meta({ description: 'By code.', examples: [{ CAPTURE_DEVICE_GONE: 1 }] }),
});

const wholeNumber = z
  .union([z.number(), z.string()])
  .meta({ description: 'Digits as text where a JSON number would not be exact.', examples: [128] });

const control = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['integer', 'boolean', 'menu', 'button', 'integer64', 'bitmask', 'string', 'other']),
  value: z.union([z.number(), z.string()]).nullable().meta({
    description: 'A whole number, or the text of a `string`. null for controls without a value, such as buttons.',
  }),
  minimum: wholeNumber.meta({ description: 'Of a `string`: its shortest length.' }),
  maximum: wholeNumber.meta({ description: 'Of a `string`: its greatest length.' }),
  step: wholeNumber,
  default: wholeNumber,
  menu: z.array(z.object({ value: z.number(), label: z.string() })).nullable(),
  inactive: z.boolean().meta({ description: 'Without effect now, such as exposure time while exposure is automatic.' }),
  readOnly: z.boolean(),
  volatile: z.boolean().meta({ description: 'The camera changes the value by itself.' }),
  grabbed: z.boolean().meta({ description: 'In use by another program now.' }),
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
  controlValues: controlValuesSchema,
  settingsChange: settingsChangeSchema,
  readiness,
  health: z.object({ ok: z.literal(true) }),
  state: z.looseObject({ ok: z.literal(true) }).meta({ description: 'The answer of ustreamer to /state.' }),
};
