import { canonicalFourCC, FLIPS, isReadable, MAX_WIDTH, MIN_WIDTH, READABLE_FOURCCS, ROTATIONS } from '@framehub/frame';
import { z } from 'zod';
import { readSource, SOURCE_ALLOWED } from '../cameras/source-spec.js';
import { oneOf, text, wholeNumber } from './rules.js';
import { readSize, SIZE_ALLOWED, SIZE_TABLE } from './size.js';

const MAX_FPS = 240;
const fpsAllowed = `a number above 0, up to ${MAX_FPS}`;
const idleAllowed = "a number of seconds from 0 to 31536000, or 'never'";
const formatAllowed = `${READABLE_FOURCCS.join(', ')}, YUY2`;
const controlAllowed = 'a whole number, or true or false';

/** What can be set of one camera, wherever its pictures come from. Each message says what is allowed. */
export const cameraFields = {
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
  framerate: z
    .number({ error: fpsAllowed })
    .positive({ error: fpsAllowed })
    .max(MAX_FPS, { error: fpsAllowed })
    .optional()
    .describe(
      'Frames a second; a slower camera gives its own rate. Default: 24; for files and other servers their own.',
    ),
  rotate: oneOf(ROTATIONS, 0).describe('Degrees clockwise.'),
  flip: oneOf(FLIPS, 'none').describe('Mirrors the picture, before it is rotated.'),
  width: wholeNumber(MIN_WIDTH, MAX_WIDTH)
    .optional()
    .describe('Scales the finished picture down to this width. Default: as the camera gives it.'),
  quality: wholeNumber(1, 100)
    .optional()
    .describe(
      'JPEG quality of this camera’s pictures. Given, those of an MJPG camera are encoded anew; else they pass as they are.',
    ),
  idle: z
    .union([z.literal('never'), z.number().min(0, idleAllowed).max(31_536_000, idleAllowed)], { error: idleAllowed })
    .default('never')
    .describe('Seconds without a viewer until the camera is switched off; the next viewer switches it on.'),
  controls: z
    .record(
      z.string(),
      z.union([z.int(), z.boolean().transform(Number)], { error: controlAllowed }),
      'a list of NAME: VALUE, with the names that framehub devices prints',
    )
    .default({})
    .describe('The camera’s own controls (brightness, focus …), set at start and put back at the end.'),
} as const;

export const sourceField = z
  .union([z.string(), wholeNumber(0, 999, SOURCE_ALLOWED)], { error: SOURCE_ALLOWED })
  .transform((value, context) => readSource(String(value)) ?? refuse(context, SOURCE_ALLOWED))
  .describe(`Where the pictures come from: ${SOURCE_ALLOWED}.`);

export const cameraSchema = z.strictObject(
  { source: sourceField, ...cameraFields },
  'a list of settings, source first',
);

/** A camera's settings, complete. */
export type CameraSettings = z.output<typeof cameraSchema>;

function refuse(context: z.RefinementCtx, allowed: string): never {
  context.addIssue({ code: 'custom', message: allowed });
  return z.NEVER;
}
