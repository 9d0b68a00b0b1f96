import test from 'ava';
import type { FormatDescription } from 'node-v4l2-camera';
import { FakeCamera } from './fake-camera.test.helper.js';
import { startCamera } from './start-camera.js';

const size = (width: number, height: number) =>
  ({ type: 'discrete', width, height, intervals: [{ type: 'discrete', numerator: 1, denominator: 30 }] }) as const;
const format = (fourcc: string, ...sizes: FormatDescription['sizes']) => ({ fourcc, sizes });
const webcam = [format('YUYV', size(1280, 720), size(640, 480)), format('MJPG', size(1280, 720), size(640, 480))];

const REQUEST = { type: 'v4l2', fourcc: 'YUYV', buffers: 4 } as const;

function start(camera: FakeCamera, options: Partial<Parameters<typeof startCamera>[2]> = {}) {
  const logged: string[] = [];
  const host = { log: (level: string, message: string) => void logged.push(`${level}: ${message}`) };
  const attempt = () =>
    startCamera(camera, { formats: webcam, intervalsOf: () => [] }, { ...REQUEST, ...options }, host);
  return { attempt, logged };
}

test('a camera for which the bus has room gets what was requested', (t) => {
  const { attempt, logged } = start(new FakeCamera(), { onNoBandwidth: 'fallback' });
  const { setting, stream, compromise } = attempt();
  t.like(setting, { fourcc: 'YUYV', size: { width: 1280, height: 720 } });
  t.like(stream, { fps: 30, minBytes: 1280 * 720 * 2, format: { fourcc: 'YUYV', width: 1280, range: 'limited' } });
  t.is(compromise, undefined);
  t.deepEqual(logged, []);
});

test("on a full bus the driver's error is thrown, unless a fallback is configured", (t) => {
  for (const options of [{}, { onNoBandwidth: 'wait' } as const]) {
    const camera = new FakeCamera([], () => false);
    t.throws(start(camera, options).attempt, { code: 'ENOSPC' });
    t.deepEqual(camera.told, ['1280x720 YUYV']);
  }
});

test('with a fallback, the first setting that fits is used, and the difference is logged once', (t) => {
  const camera = new FakeCamera([], (requested) => requested.startsWith('640x480'));
  const { attempt, logged } = start(camera, { onNoBandwidth: 'fallback' });
  const { setting, stream, compromise } = attempt();
  t.deepEqual(camera.told, ['1280x720 YUYV', '1280x720 MJPG', '640x480 MJPG', 'start']);
  t.like(setting, { fourcc: 'MJPG', size: { width: 640, height: 480 } });
  t.is(stream.format.fourcc, 'MJPG');
  t.is(compromise, '640x480 MJPG at 30 frames a second for want of USB bandwidth');
  t.deepEqual(logged, [
    'warn: the USB bus has no room for 1280x720 YUYV at 30 frames a second: 640x480 MJPG at 30 frames a second is used instead',
  ]);
});

test('when nothing fits, it says what was requested', (t) => {
  const { attempt } = start(new FakeCamera([], () => false), { onNoBandwidth: 'fallback' });
  const error = t.throws(attempt, { code: 'CAPTURE_NO_BANDWIDTH' });
  t.regex(error.message, /no room for 1280x720 YUYV at 30 frames a second or anything smaller/);
});

test('another error is not a full bus', (t) => {
  const camera = new FakeCamera();
  const busy = Object.assign(new Error('busy'), { code: 'EBUSY' });
  camera.start = () => {
    throw busy;
  };
  t.is(t.throws(start(camera, { onNoBandwidth: 'fallback' }).attempt), busy);
});
