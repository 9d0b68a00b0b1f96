import { FLIPS, ROTATIONS, type SettingsChange, WIDTH } from '@framehub/frame';
import { z } from 'zod';

/**
 * Settings of a camera as the API gives and takes them: flat, with the keys of the configuration.
 *
 * Only their kinds are checked here; which values are possible is the hub's to say. The document tells of both.
 */
const allowed = (what: string) => ({ error: `allowed is ${what}` });
const pixels = z.int(allowed('a whole number'));
const size = z.object({ width: pixels, height: pixels });

const about = {
  enabled: { description: 'False: switched off, until it is switched on again.' },
  size: { description: 'Pixels that the camera is asked for.' },
  format: { description: 'FourCC that the camera is asked for.', examples: ['MJPG', 'YUYV'] },
  fps: { description: 'Frames a second at most.', exclusiveMinimum: 0 },
  rotate: { description: 'Degrees clockwise.', enum: ROTATIONS },
  flip: { description: 'Before the rotation.', enum: FLIPS },
  width: { description: 'Pixels of the finished picture.', minimum: WIDTH.min, maximum: WIDTH.max },
  quality: { description: 'Of the JPEG.', minimum: 1, maximum: 100 },
  profile: { description: 'The set of control values in use.' },
} as const;

const settings = z
  .object({
    enabled: z.boolean().meta(about.enabled),
    size: size.nullable().meta(about.size),
    format: z.string().nullable().meta(about.format),
    fps: z.number().nullable().meta(about.fps),
    rotate: z.int().meta(about.rotate),
    flip: z.string().meta(about.flip),
    width: z.int().nullable().meta(about.width),
    quality: z.int().nullable().meta(about.quality),
    profile: z.string().nullable().meta(about.profile),
    profiles: z.array(z.string()).meta({ description: 'Those there are.' }),
  })
  .meta({ description: 'Null: as the camera likes.' });

const SIZE = /^(\d{1,5})x(\d{1,5})$/i;
const sizeAllowed = allowed('"1280x720", {"width": 1280, "height": 720}, null');

const fields = {
  enabled: z.boolean(allowed('true, false')).meta(about.enabled),
  size: z
    .union([z.string().regex(SIZE, sizeAllowed), size, z.null()], sizeAllowed)
    .meta({ ...about.size, examples: ['1280x720'] }),
  format: z.string(allowed('a FourCC such as "MJPG", null')).nullable().meta(about.format),
  fps: z.number(allowed('a number, null')).nullable().meta(about.fps),
  rotate: z.number(allowed(ROTATIONS.join(', '))).meta(about.rotate),
  flip: z.string(allowed(FLIPS.join(', '))).meta(about.flip),
  width: z
    .number(allowed(`a whole number from ${WIDTH.min} to ${WIDTH.max}, null`))
    .nullable()
    .meta(about.width),
  quality: z.number(allowed('a whole number from 1 to 100, null')).nullable().meta(about.quality),
  profile: z.string(allowed('the name of a profile, null')).nullable().meta(about.profile),
};

const change = z
  .strictObject(fields, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `allowed is ${Object.keys(fields).join(', ')}`
        : 'allowed is an object such as {"rotate": 90}',
  })
  .partial()
  .meta({
    description: 'Settings to change; null takes one back to what the camera likes, and a profile away.',
    examples: [{ size: '1280x720', rotate: 90 }, { enabled: false }],
  });

export const settingsSchemas = { settings, change };

/** @param body as the schema has read it */
export function readChange(body: unknown): SettingsChange {
  const { size: wanted, ...others } = change.parse(body);
  if (wanted === undefined) return others;
  return { ...others, size: typeof wanted === 'string' ? readSize(wanted) : wanted };
}

function readSize(text: string): { readonly width: number; readonly height: number } {
  const [, width = 0, height = 0] = SIZE.exec(text)?.map(Number) ?? [];
  return { width, height };
}
