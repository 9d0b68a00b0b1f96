import {
  type ControlValues,
  FLIPS,
  MAX_CAMERA_FPS,
  QUALITY,
  ROTATIONS,
  type SettingsChange,
  WIDTH,
} from '@framehub/frame';
import { z } from 'zod';
import { parseWith } from './problems.js';
import { flag, oneOf, pixelFormat, positiveNumber, size, text, wholeNumber } from './rules.js';

/**
 * What can be set of a camera: in its configuration, on the command line, and by every gateway while it runs. The first
 * sentence of each description is short enough for the help of a command line.
 */
export const settingFields = {
  enabled: flag().meta({ description: 'Whether the camera is open. False closes it until it is enabled again.' }),
  size: size().meta({
    description:
      'Size that the camera delivers, WIDTHxHEIGHT. A camera that lacks it delivers its next smaller one. Default: the largest.',
    examples: ['1280x720'],
  }),
  format: pixelFormat().meta({
    description:
      'Format that the camera delivers, a FourCC. A camera that lacks it delivers one that it has. Default: MJPG.',
    examples: ['MJPG', 'YUYV'],
  }),
  fps: positiveNumber(MAX_CAMERA_FPS).meta({
    description:
      'Frames per second, at most. Frames above it are left out evenly; a slower camera keeps its own rate. Default: 24; files and network cameras: their own rate.',
  }),
  rotate: oneOf(ROTATIONS).meta({ description: 'Rotation in degrees clockwise.' }),
  flip: oneOf(FLIPS).meta({ description: 'Mirrors the frame, before it is rotated.' }),
  width: wholeNumber(WIDTH).meta({
    description:
      'Width of the finished frame in pixels. Frames are scaled down to it, never up. Default: the camera’s.',
  }),
  quality: wholeNumber(QUALITY).meta({
    description:
      'JPEG quality of this camera’s frames, 1 to 100. Setting it encodes the JPEGs of an MJPG camera anew; they pass unchanged otherwise.',
  }),
  profile: text('the name of a profile').meta({ description: 'Profile of control values in use. Default: none.' }),
} as const;

const { enabled, size: sizeField, format, fps, rotate, flip, width, quality, profile } = settingFields;

/** Settings to change while a camera runs; `null` restores the default. Unknown keys are refused. */
export const settingsChangeSchema = z
  .strictObject({
    enabled,
    size: sizeField.nullable(),
    format: format.nullable(),
    fps: fps.nullable(),
    rotate,
    flip,
    width: width.nullable(),
    quality: quality.nullable(),
    profile: profile.nullable(),
  })
  .partial()
  .meta({
    description: 'Settings to change. null restores the camera’s default; for profile: no profile.',
    examples: [{ size: '1280x720', rotate: 90 }, { enabled: false }],
  });

const pixels = z.int().meta({ description: 'Pixels.' });

/** All settings of a camera as gateways report them: the JSON form of `reportSettings` of @framehub/frame. */
export const settingsReportSchema = z
  .object({
    enabled,
    size: z
      .object({ width: pixels, height: pixels })
      .nullable()
      .meta({ description: 'Size that the camera delivers.' }),
    format: z.string().nullable().meta({ description: 'Format that the camera delivers, a FourCC.' }),
    fps: fps.nullable(),
    rotate,
    flip,
    width: width.nullable(),
    quality: quality.nullable(),
    profile: profile.nullable(),
    profiles: z.array(z.string()).meta({ description: 'Names of the profiles that the configuration has.' }),
  })
  .meta({ description: 'Settings of a camera. null is the camera’s default.' });

/** Values of a camera's own controls, by name. */
export const controlValuesSchema = z
  .record(
    z.string().max(64),
    z.union([z.int(), z.boolean(), z.string().max(1024)], {
      error: 'a whole number, true, false, or a text such as the name of a menu item',
    }),
    { error: 'control values by name, such as brightness: 140' },
  )
  .meta({
    description:
      'Values by name of control: all are set, or none. A menu takes the text of an item as well as its number, a 64-bit number its digits as text, a button anything true.',
    examples: [{ brightness: 140, auto_exposure: 'Manual Mode' }],
  });

/**
 * Reads settings to change, as a client sent them. Keys whose value is undefined are left out.
 *
 * @param value an object, such as parsed JSON
 * @param code of the error
 * @throws FramehubError that names the key, what is allowed and the value
 */
export function readSettings(value: unknown, code = 'CAMERA_SETTING_INVALID'): SettingsChange {
  const read = parseWith(settingsChangeSchema, value, { code, what: 'the settings' });
  return Object.fromEntries(Object.entries(read).filter(([, setting]) => setting !== undefined));
}

/**
 * Reads control values, as a client sent them. Which controls exist, and their ranges, is known to the camera only.
 *
 * @param code of the error
 * @throws FramehubError that names the control, what is allowed and the value
 */
export function readControlValues(value: unknown, code = 'CAMERA_SETTING_INVALID'): ControlValues {
  return parseWith(controlValuesSchema, value, { code, what: 'the control values' });
}
