import type { SettingsChange } from '@framehub/frame';
import test from 'ava';
import { cameraSchema } from '../config/camera-schema.js';
import { changedConfig, settingsOf } from './settings.js';

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

test('what is not named stays as it is', (t) => {
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

test('null takes a setting back to what the camera likes, and a profile away', (t) => {
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
  [{ rotate: 45 }, 'rotate 45 is not possible: allowed is 0, 90, 180, 270'],
  [{ flip: 'left' }, 'flip left is not possible: allowed is none, horizontal, vertical, both'],
  [{ width: 7 }, 'width 7 is not possible: allowed is a whole number from 16 to 8192'],
  [{ quality: 0.5 }, 'quality 0.5 is not possible: allowed is a whole number from 1 to 100'],
  [{ fps: 0 }, 'fps 0 is not possible: allowed is a number above 0, up to 240'],
  [{ enabled: 'no' }, 'enabled no is not possible: allowed is true, false'],
  [{ profile: 'dusk' }, 'profile dusk is not possible: allowed is day, night'],
  [{ profile: 'toString' }, 'profile toString is not possible: allowed is day, night'],
  [{ rotat: 90 }, 'there is no setting rotat: did you mean rotate?'],
  [
    { source: 0 },
    'there is no setting source: allowed is enabled, size, format, fps, rotate, flip, width, quality, profile',
  ],
];

for (const [changes, message] of refused) {
  test(`refused: ${JSON.stringify(changes)}`, (t) => {
    t.throws(() => change(changes), { code: 'CAMERA_SETTING_INVALID', message });
  });
}

test('an impossible size says what is possible', (t) => {
  const error = t.throws(() => change({ size: { width: 8, height: 6 } }), {
    code: 'CAMERA_SETTING_INVALID',
    message: /^size \{"width":8,"height":6\} is not possible: allowed is .*1280x720$/,
  });
  t.like(error, { details: { key: 'size' } });
});
