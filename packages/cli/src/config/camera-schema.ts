import { MAX_WARM_UP_FRAMES, MAX_WARM_UP_MS, type WarmUp } from '@framehub/capture';
import { canonicalFourCC, FLIPS, isReadable, READABLE_FOURCCS, ROTATIONS, WIDTH } from '@framehub/frame';
import { z } from 'zod';
import { readSource, SOURCE_ALLOWED } from '../cameras/source-spec.js';
import { mqttPlanSchema } from './mqtt-plan-schema.js';
import { oneOf, ownName, refuse, text, wholeNumber } from './rules.js';
import { readSize, SIZE_ALLOWED, SIZE_TABLE } from './size.js';

const MAX_FPS = 240;
const fpsAllowed = `a number above 0, up to ${MAX_FPS}`;
const idleAllowed = "a number of seconds from 0 to 1000000, or 'never'";
const formatAllowed = `${READABLE_FOURCCS.join(', ')}, YUY2`;
const warmupAllowed = `frames from 0 to ${MAX_WARM_UP_FRAMES}, or a time up to ${MAX_WARM_UP_MS / 1000}s such as 1.5s or 500ms`;
const controlAllowed = 'a whole number, true or false, or a text such as the name of a menu’s item';
const profileName = ownName(/^[\w-]{1,64}$/, 'letters, digits, - and _');
const networkOnly = 'nothing here: only a camera at an address (http://… or https://…) has a password';

const controlValues = z.record(
  z.string(),
  z.union([z.int(), z.boolean().transform(Number), z.string()], { error: controlAllowed }),
  'a list of NAME: VALUE, with the names that framehub devices prints',
);

/** What can be set of one camera, wherever its pictures come from. Each message says what is allowed. */
export const cameraFields = {
  enabled: z
    .boolean({ error: 'true, false' })
    .default(true)
    .describe('False: the camera stays closed until it is switched on, by the API say.'),
  size: z
    .union([wholeNumber(0, SIZE_TABLE.length - 1, SIZE_ALLOWED), z.string().regex(/^(\d|\d+x\d+)$/i, SIZE_ALLOWED)], {
      error: SIZE_ALLOWED,
    })
    .transform((value, context) => readSize(String(value)) ?? refuse(context, SIZE_ALLOWED))
    .optional()
    .describe(
      'Size of the picture: WIDTHxHEIGHT, or a number of usbStream’s table (0 largest, 8 smallest). A camera that lacks it gives its next smaller one. Default: the largest.',
    ),
  format: text(formatAllowed)
    .transform((value, context) => {
      const fourcc = canonicalFourCC(value);
      return isReadable(fourcc) ? fourcc : refuse(context, formatAllowed);
    })
    .optional()
    .describe('Format in which the camera delivers. One that it lacks falls to one that it has. Default: MJPG.'),
  fps: z
    .number({ error: fpsAllowed })
    .positive({ error: fpsAllowed })
    .max(MAX_FPS, { error: fpsAllowed })
    .optional()
    .describe(
      'Frames a second; a slower camera gives its own rate. Default: 24; for files and other servers their own.',
    ),
  rotate: oneOf(ROTATIONS, 0).describe('Degrees clockwise.'),
  flip: oneOf(FLIPS, 'none').describe('Mirrors the picture, before it is rotated.'),
  width: wholeNumber(WIDTH.min, WIDTH.max)
    .optional()
    .describe('Scales the finished picture down to this width. Default: as the camera gives it.'),
  quality: wholeNumber(1, 100)
    .optional()
    .describe(
      'JPEG quality of this camera’s pictures. Given, those of an MJPG camera are encoded anew; else they pass as they are.',
    ),
  idle: z
    .union([z.literal('never'), z.number().min(0, idleAllowed).max(1_000_000, idleAllowed)], { error: idleAllowed })
    .default('never')
    .describe('Seconds without a viewer until the camera is closed; the next viewer opens it.'),
  warmup: z
    .union([wholeNumber(0, MAX_WARM_UP_FRAMES, warmupAllowed), z.string().regex(/^\d/, warmupAllowed)], {
      error: warmupAllowed,
    })
    .transform((value, context) => readWarmUp(String(value)) ?? refuse(context, warmupAllowed))
    .optional()
    .describe(
      'What is left out of the first pictures after each start, which may be dark: a number of frames, or a time such as 1.5s. Default: nothing.',
    ),
  onNoBandwidth: oneOf(['wait', 'fallback'], 'wait').describe(
    'When the USB bus has no room for the stream: wait for it, or fallback to MJPG, a smaller size, a lower rate.',
  ),
  controls: controlValues
    .default({})
    .describe('The camera’s own controls (brightness, focus …), set at start and put back at the end.'),
  profiles: z
    .record(profileName, controlValues, 'a list of profiles by name')
    .default({})
    .describe('Sets of control values by name (day, night …) to switch between. Each holds on top of controls.'),
  profile: text('the name of one of the profiles').optional().describe('The profile in use. Default: none.'),
  username: text('a name')
    .optional()
    .describe(
      'At a camera with an address. Default: the one in the address, or FRAMEHUB_CAMERA_USERNAME, if it is set.',
    ),
  passwordFile: text('the path of a file')
    .optional()
    .describe(
      'File with the password of a camera with an address, and nothing else. Default: FRAMEHUB_CAMERA_PASSWORD_NAME (the camera’s name in capitals, with _ for -), the one in the address, or FRAMEHUB_CAMERA_PASSWORD.',
    ),
  mqtt: mqttPlanSchema,
} as const;

export const sourceField = z
  .union([z.string(), wholeNumber(0, 999, SOURCE_ALLOWED)], { error: SOURCE_ALLOWED })
  .transform((value, context) => readSource(String(value)) ?? refuse(context, SOURCE_ALLOWED))
  .describe(`Where the pictures come from: ${SOURCE_ALLOWED}.`);

export const cameraSchema = z
  .strictObject({ source: sourceField, ...cameraFields }, 'a list of settings, source first')
  .superRefine(({ profile, profiles }, context) => {
    if (profile === undefined || Object.hasOwn(profiles, profile)) return;
    context.addIssue({ code: 'custom', path: ['profile'], message: profilesAllowed(profiles) });
  })
  .superRefine((camera, context) => {
    if (camera.source.kind === 'http') return;
    for (const key of ['username', 'passwordFile'] as const)
      if (camera[key] !== undefined) context.addIssue({ code: 'custom', path: [key], message: networkOnly });
  });

/** A camera's settings as they are configured, complete. */
export type CameraConfig = z.output<typeof cameraSchema>;
/** The same but for which camera it is. */
export type CameraDefaults = Omit<CameraConfig, 'source'>;

/** Those of a camera of which nothing is said. */
export const cameraDefaults: CameraDefaults = withoutSource(cameraSchema.parse({ source: 'pattern' }));

export function withoutSource({ source: _, ...settings }: CameraConfig): CameraDefaults {
  return settings;
}

/** What a profile's name may be, for messages. */
export function profilesAllowed(profiles: CameraConfig['profiles']): string {
  return Object.keys(profiles).join(', ') || 'the name of one of the profiles, and there are none';
}

function readWarmUp(text: string): WarmUp | undefined {
  const [, digits, unit] = /^(\d{1,5}(?:\.\d+)?)(s|ms)?$/.exec(text) ?? [];
  const number = Number(digits);
  if (unit === undefined)
    return Number.isInteger(number) && number <= MAX_WARM_UP_FRAMES ? { frames: number } : undefined;
  const milliseconds = unit === 's' ? number * 1000 : number;
  if (milliseconds === 0) return { frames: 0 };
  return milliseconds <= MAX_WARM_UP_MS ? { milliseconds } : undefined;
}
