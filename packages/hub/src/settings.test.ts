import type { SettingsChange } from '@framehub/frame';
import test from 'ava';
import { changedConfig, settingsOf } from './camera-options.js';
import { cameraSchema } from './config/camera-schema.js';

const config = cameraSchema.parse({
  source: '/dev/video0',
  size: '1280x720',
  fps: 10,
  rotate: 90,
  quality: 70,
  profiles: { day: { gain: 1 }, night: { gain: 9 } },
  profile: 'day',
});
const change = (changes: SettingsChange) => settingsOf(changedConfig(config, changes));
const before = {
  enabled: true,
  size: { width: 1280, height: 720 },
  format: undefined,
  fps: 10,
  rendition: { rotate: 90, flip: 'none', quality: 70 },
  profile: 'day',
  profiles: ['day', 'night'],
} as const;

test('settings that are not named stay unchanged', (t) => {
  t.deepEqual(settingsOf(config), before);
  t.deepEqual(change({}), before);
  t.deepEqual(change({ rotate: undefined } as object), before);
  t.deepEqual(change({ rotate: 0, format: 'mjpeg', profile: 'night' }), {
    ...before,
    format: 'MJPG',
    rendition: { ...before.rendition, rotate: 0 },
    profile: 'night',
  });
});

test('a size is an object for programs, or as the configuration writes it', (t) => {
  t.deepEqual(change({ size: { width: 640, height: 480 } }).size, { width: 640, height: 480 });
  t.deepEqual(change({ size: '640x480' } as object).size, { width: 640, height: 480 });
});

test('null restores the default, and no profile', (t) => {
  const changed = change({ size: null, fps: null, quality: null, profile: null });
  t.deepEqual(changed, {
    ...before,
    size: undefined,
    fps: undefined,
    profile: undefined,
    rendition: { rotate: 90, flip: 'none' },
  });
});

const refused: readonly [object, string][] = [
  [{ rotate: 45 }, 'rotate must be 0, 90, 180 or 270, not 45'],
  [{ flip: 'left' }, 'flip must be none, horizontal, vertical or both, not left'],
  [{ width: 7 }, 'width must be a whole number from 16 to 8192, not 7'],
  [{ quality: 0.5 }, 'quality must be a whole number from 1 to 100, not 0.5'],
  [{ fps: 0 }, 'fps must be a number above 0, up to 240, not 0'],
  [{ enabled: 'no' }, 'enabled must be true or false, not no'],
  [{ profile: 'dusk' }, 'profile must be day or night, not dusk'],
  [{ profile: 'toString' }, 'profile must be day or night, not toString'],
  [{ rotat: 90 }, 'unknown key rotat: did you mean rotate?'],
  [{ source: 0 }, 'unknown key source: the keys are enabled, size, format, fps, rotate, flip, width, quality, profile'],
];

for (const [changes, message] of refused) {
  test(`refused: ${JSON.stringify(changes)}`, (t) => {
    t.throws(() => change(changes), { code: 'CAMERA_SETTING_INVALID', message });
  });
}

test('an impossible size says what is possible', (t) => {
  const error = t.throws(() => change({ size: { width: 8, height: 6 } }), {
    code: 'CAMERA_SETTING_INVALID',
    message: /^size must be WIDTHxHEIGHT such as 1280x720, .*, not \{"width":8,"height":6\}$/,
  });
  t.like(error, { details: { key: 'size' } });
});
