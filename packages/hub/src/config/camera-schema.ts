import { MAX_WARM_UP_FRAMES, MAX_WARM_UP_MS, type WarmUp } from '@framehub/capture';
import { listOf, parseSize, type Size } from '@framehub/frame';
import {
  chosenName,
  controlValuesSchema,
  duration,
  filePath,
  oneOf,
  refuse,
  report,
  settingFields,
  text,
  wholeNumber,
} from '@framehub/settings';
import { z } from 'zod';
import { mqttPlanSchema } from './mqtt-schema.js';
import { readSource, SOURCE_ALLOWED } from './source.js';

/** usbStream's size numbers, as its README prints them: 0 is the first. */
export const SIZE_TABLE: readonly Size[] = [
  { width: 3280, height: 2464 },
  { width: 2048, height: 1080 },
  { width: 1920, height: 1800 },
  { width: 1640, height: 1232 },
  { width: 1280, height: 720 },
  { width: 800, height: 600 },
  { width: 720, height: 480 },
  { width: 640, height: 480 },
  { width: 320, height: 240 },
];

const sizeAllowed = `a number from 0 to ${SIZE_TABLE.length - 1}, or WIDTHxHEIGHT such as 1280x720`;
const warmupAllowed = `frames from 0 to ${MAX_WARM_UP_FRAMES}, or a time up to ${MAX_WARM_UP_MS / 1000}s such as 1.5s or 500ms`;
const profileName = chosenName(/^[\w-]{1,64}$/, 'letters, digits, - and _');

const { enabled, format, fps, rotate, flip, width, quality } = settingFields;

/** What can be set of one camera, whatever its source. Each message names what is allowed. */
export const cameraFields = {
  enabled: enabled.default(true),
  size: z
    .union([wholeNumber({ min: 0, max: SIZE_TABLE.length - 1 }, sizeAllowed), z.string()], { error: sizeAllowed })
    .transform((value, context) => readSize(String(value)) ?? refuse(context, sizeAllowed))
    .optional()
    .describe(
      'Size that the camera delivers: WIDTHxHEIGHT, or a number of usbStream’s table (0 largest, 8 smallest). A camera that lacks it delivers its next smaller one. Default: the largest.',
    ),
  format: format.optional(),
  fps: fps.optional(),
  rotate: rotate.default(0),
  flip: flip.default('none'),
  width: width.optional(),
  quality: quality.optional(),
  idle: duration({ min: 0, max: 30 * 86_400_000 }, 'never')
    .default('never')
    .describe('Time without a viewer until the camera is closed: 60s, 5m. The next viewer opens it.'),
  warmup: z
    .union([wholeNumber({ min: 0, max: MAX_WARM_UP_FRAMES }, warmupAllowed), z.string()], { error: warmupAllowed })
    .transform((value, context) => readWarmUp(String(value)) ?? refuse(context, warmupAllowed))
    .optional()
    .describe(
      'Frames left out after each start, which may be dark: a number of frames, or a time such as 1.5s. Default: none.',
    ),
  onNoBandwidth: oneOf(['wait', 'fallback'])
    .default('wait')
    .describe(
      'What to do when the USB bus has no room for the stream: wait for it, or fallback to MJPG, a smaller size, a lower rate.',
    ),
  controls: controlValuesSchema
    .default({})
    .describe('Values of the camera’s own controls (brightness, focus …), set at start and restored at the end.'),
  profiles: z
    .record(profileName, controlValuesSchema, { error: 'a list of profiles by name' })
    .default({})
    .describe('Sets of control values by name (day, night …). Each applies on top of controls.'),
  profile: settingFields.profile.optional(),
  username: text('a name')
    .optional()
    .describe(
      'User name for a camera with an address. Default: the one in the address, or FRAMEHUB_CAMERA_USERNAME, if it is set.',
    ),
  passwordFile: filePath()
    .optional()
    .describe(
      'File with the password for a camera with an address, and nothing else. Default: FRAMEHUB_CAMERA_PASSWORD_NAME (the camera’s name in capitals, with _ for -), the one in the address, or FRAMEHUB_CAMERA_PASSWORD.',
    ),
  mqtt: mqttPlanSchema,
} as const;

const sourceField = z
  .union([z.string(), wholeNumber({ min: 0, max: 999 }, SOURCE_ALLOWED)], { error: SOURCE_ALLOWED })
  .transform((value, context) => readSource(String(value)) ?? refuse(context, SOURCE_ALLOWED))
  .describe(`Where the frames come from: ${SOURCE_ALLOWED}.`);

/** A camera in a configuration. */
export const cameraSchema = z
  .strictObject({ source: sourceField, ...cameraFields })
  .superRefine(({ profile, profiles, source, ...camera }, context) => {
    if (profile !== undefined && !Object.hasOwn(profiles, profile))
      context.addIssue({ code: 'custom', path: ['profile'], message: profilesAllowed(profiles) });
    if (source.type === 'http') return;
    for (const key of ['username', 'passwordFile'] as const)
      if (camera[key] !== undefined)
        report(context, [key], 'only a camera with an address (http://… or https://…) has a user name and a password');
  });

/** A camera's settings as they are configured, complete. */
export type CameraConfig = z.output<typeof cameraSchema>;
/** The same without the source. */
export type CameraDefaults = Omit<CameraConfig, 'source'>;

/** The settings of a camera for which nothing is configured. */
export const cameraDefaults: CameraDefaults = withoutSource(cameraSchema.parse({ source: 'pattern' }));

/** A camera's settings without its source. */
export function withoutSource({ source: _, ...settings }: CameraConfig): CameraDefaults {
  return settings;
}

/** What a profile's name must be, for messages. */
export function profilesAllowed(profiles: CameraConfig['profiles']): string {
  return listOf(Object.keys(profiles)) || 'the name of a profile (there are none)';
}

function readSize(value: string): Size | undefined {
  return /^\d$/.test(value) ? SIZE_TABLE[Number(value)] : parseSize(value);
}

function readWarmUp(value: string): WarmUp | undefined {
  const [, digits, unit] = /^(\d{1,5}(?:\.\d+)?)(s|ms)?$/.exec(value) ?? [];
  const number = Number(digits);
  if (unit === undefined)
    return Number.isInteger(number) && number <= MAX_WARM_UP_FRAMES ? { frames: number } : undefined;
  const milliseconds = unit === 's' ? number * 1000 : number;
  if (milliseconds === 0) return { frames: 0 };
  return milliseconds <= MAX_WARM_UP_MS ? { milliseconds } : undefined;
}
