import type { CameraSettings } from '@framehub/frame';
import { reportSettings } from '@framehub/frame';
import test from 'ava';
import { z } from 'zod';
import {
  controlValuesSchema,
  readControlValues,
  readSettings,
  settingsChangeSchema,
  settingsReportSchema,
} from './camera-settings.js';

test('settings are read in any of their spellings', (t) => {
  t.deepEqual(readSettings({ size: '1280x720', format: 'yuy2', rotate: 90 }), {
    size: { width: 1280, height: 720 },
    format: 'YUYV',
    rotate: 90,
  });
  t.deepEqual(readSettings({ size: { width: 640, height: 480 } }), { size: { width: 640, height: 480 } });
});

test('null restores a default, and an undefined key is left out', (t) => {
  const all = { size: null, format: null, fps: null, width: null, quality: null, profile: null };
  t.deepEqual(readSettings({ ...all, rotate: undefined }), all);
});

for (const [value, message] of [
  [{ rotate: null }, 'rotate must be 0, 90, 180 or 270, not null'],
  [{ size: '1x1' }, /^size must be WIDTHxHEIGHT such as 1280x720, .*, not 1x1$/],
  [{ size: { width: 640.5, height: 480 } }, 'size.width must be a whole number, not 640.5'],
  [{ format: 'H264' }, /^format must be one of MJPG, .*, not H264$/],
  [{ fps: 241 }, 'fps must be a number above 0, up to 240, not 241'],
  [{ rotat: 90 }, 'unknown key rotat: did you mean rotate?'],
  ['off', 'the settings must be an object with keys such as enabled, size or format, not off'],
] as const) {
  test(`settings are refused with key, rule and value: ${JSON.stringify(value)}`, (t) => {
    t.throws(() => readSettings(value), { code: 'CAMERA_SETTING_INVALID', message: message as string | RegExp });
    t.throws(() => readSettings(value, 'HTTP_BAD_REQUEST'), { code: 'HTTP_BAD_REQUEST' });
  });
}

test('control values are numbers, switches and texts', (t) => {
  const values = { brightness: 140, auto_focus: false, auto_exposure: 'Manual Mode' };
  t.deepEqual(readControlValues(values), values);
  t.throws(() => readControlValues({ gain: 1.5 }), {
    message: /^gain must be a whole number, true, false, .*, not 1\.5$/,
  });
  t.throws(() => readControlValues([1]), {
    message: /^the control values must be control values by name, .*, not \[1\]$/,
  });
});

test('the schema of the report is that of what is reported', (t) => {
  const settings: CameraSettings = {
    enabled: true,
    size: { width: 640, height: 480 },
    format: undefined,
    fps: 5,
    rendition: { rotate: 90, quality: 40 },
    profile: undefined,
    profiles: ['day'],
  };
  t.deepEqual(settingsReportSchema.parse(reportSettings(settings)), reportSettings(settings));
});

test('every setting has a description, in JSON Schema and OpenAPI', (t) => {
  for (const schema of [settingsChangeSchema, settingsReportSchema]) {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    for (const [key, value] of Object.entries(properties)) t.true(JSON.stringify(value).includes('"description"'), key);
  }
  t.notThrows(() => z.toJSONSchema(controlValuesSchema, { io: 'input' }));
});
