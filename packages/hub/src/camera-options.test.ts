import test from 'ava';
import { cameraOptions, controlsOf, isOpenedAlike, isSameDevice, renditionOf } from './camera-options.js';
import { cameraSchema } from './config/camera-schema.js';

const config = (settings: object) => cameraSchema.parse(settings);
const options = (settings: object) => cameraOptions(config(settings));

test('a camera is opened by the name that was given to it, whatever that is', (t) => {
  for (const source of ['0', '/dev/video2', 'usb:046d:082d', 'serial:A1', 'port:usb-0000:00:14.0-1'])
    t.like(options({ source }).source, { type: 'v4l2', device: source });
  t.like(options({ source: 'usb-x-index0' }).source, { device: '/dev/v4l/by-id/usb-x-index0' });
});

test('requested values become options', (t) => {
  const { source, idle, warmup } = options({
    source: 0,
    size: '640x480',
    format: 'YUY2',
    fps: 5,
    idle: '60s',
    warmup: 5,
    onNoBandwidth: 'fallback',
    controls: { gain: 1 },
  });
  t.deepEqual(source, {
    type: 'v4l2',
    device: '0',
    size: { width: 640, height: 480 },
    fourcc: 'YUYV',
    fps: 5,
    onNoBandwidth: 'fallback',
    controls: { gain: 1 },
  });
  t.deepEqual({ idle, warmup }, { idle: 60, warmup: { frames: 5 } });
});

test('a pattern has its own size and rate, unless others are requested', (t) => {
  t.like(options({ source: 'pattern:320x240@15' }).source, { width: 320, height: 240, fps: 15 });
  const changed = options({ source: 'pattern:320x240@15', size: '640x480', fps: 5 });
  t.like(changed, { fps: 5, source: { width: 640, height: 480, fps: 5 } });
});

test('the rate is 24 for cameras, their own for files and servers, and what is asked wins', (t) => {
  const limit = (settings: object) => options(settings).fps;
  t.is(limit({ source: 0 }), 24);
  t.is(limit({ source: 'pattern' }), 24);
  t.is(limit({ source: 'pattern@60' }), 60);
  t.is(limit({ source: 'http://host/' }), undefined);
  t.is(limit({ source: 'file:x' }), undefined);
  t.is(limit({ source: 'file:x', fps: 2 }), 2);
});

test('the values of a profile hold on top of the others', (t) => {
  const profiles = { day: { gain: 1 }, night: { gain: 9, exposure_time_absolute: 2000 } };
  const controls = { gain: 5, focus_absolute: 3 };
  const values = (profile?: string) => controlsOf(config({ source: 0, controls, profiles, profile }));
  t.deepEqual(values(), controls);
  t.deepEqual(values('night'), { gain: 9, focus_absolute: 3, exposure_time_absolute: 2000 });
  t.deepEqual(controlsOf(config({ source: 'file:x', controls })), {});
});

test('what is done to every frame', (t) => {
  t.deepEqual(renditionOf(config({ source: 0 })), { rotate: 0, flip: 'none' });
  t.deepEqual(renditionOf(config({ source: 0, rotate: 90, flip: 'both', width: 640, quality: 50 })), {
    rotate: 90,
    flip: 'both',
    width: 640,
    quality: 50,
  });
});

test('a camera is opened anew for what it is or how it streams, and not for its controls or what is made of its frames', (t) => {
  const one = { source: '/dev/video0', profiles: { day: { gain: 1 } } };
  const alike = (more: object) => isOpenedAlike(config(one), config({ ...one, ...more }));
  t.true(alike({ controls: { gain: 3 }, profile: 'day', rotate: 90, quality: 3, enabled: false }));
  for (const more of [{ size: '640x480' }, { fps: 5 }, { warmup: 5 }, { idle: '3s' }, { source: '/dev/video2' }])
    t.false(alike(more), JSON.stringify(more));
  t.false(isSameDevice(config(one), config({ source: '/dev/video2' })));
  t.true(isSameDevice(config({ source: 'pattern:640x480' }), config({ source: 'pattern' })));
});
