import test from 'ava';
import { Camera } from './camera.js';
import { type CameraOptions, labelOf } from './options.js';

const rejected = test.macro({
  exec: (t, options: Partial<CameraOptions>, message: RegExp) => {
    const all: CameraOptions = { name: 'cam', source: { type: 'pattern' }, ...options };
    const error = t.throws(() => new Camera(all), { code: 'CAPTURE_INVALID_OPTION' });
    t.regex(error.message, message);
  },
  title: (_, options) => `rejected, with what is allowed: ${JSON.stringify(options)}`,
});

test(rejected, { name: 'a/b' }, /^name must be letters, digits, - and _, not a\/b$/);
for (const name of ['constructor', 'toString', '__proto__'])
  test(rejected, { name }, /^name must be any name but those of every JavaScript object.*, not \w+$/);
test(rejected, { fps: 0 }, /fps must be a number above 0, up to 240, not 0/);
test(rejected, { fps: Number.NaN }, /fps/);
test(rejected, { idle: -1 }, /idle must be .*, not -1/);
test(rejected, { stallAfter: 0 }, /stallAfter must be .*, not 0/);
test(rejected, { source: { type: 'pattern', width: 8 } }, /source.width must be .*from 16 to 8192, not 8/);
test(rejected, { source: { type: 'pattern', height: 10.5 } }, /source.height must be .*, not 10.5/);
test(rejected, { source: { type: 'pattern', fps: 1000 } }, /source.fps must be .*, not 1000/);
test(rejected, { source: { type: 'pattern', fourcc: 'H264' } }, /source.fourcc must be .*MJPG, JPEG, YUYV.*, not H264/);
test(rejected, { warmup: { frames: -1 } }, /warmup.frames must be .*from 0 to 1000, not -1/);
test(rejected, { warmup: { milliseconds: 0 } }, /warmup.milliseconds must be .*above 0, up to 60000, not 0/);
test(rejected, { source: { type: 'v4l2', device: '' } }, /source.device/);
test(
  rejected,
  { source: { type: 'v4l2', device: 'usb:46d:825' } },
  /source.device must be .*VENDOR:PRODUCT.*, not usb:46d:825/,
);
test(
  rejected,
  { source: { type: 'v4l2', device: '0', onNoBandwidth: 'hope' as 'wait' } },
  /source.onNoBandwidth must be wait or fallback, not hope/,
);
test(
  rejected,
  { source: { type: 'v4l2', device: '/dev/video0', buffers: 1 } },
  /source.buffers must be .*2 to 32, not 1/,
);
test(rejected, { source: { type: 'file', path: '' } }, /source.path/);
test(rejected, { source: { type: 'http', url: 'ftp://user:secret@host/x' } }, /^(?!.*secret).*http:\/\//);
test(rejected, { source: { type: 'http', url: 'no address' } }, /http:\/\//);
test(rejected, { source: { type: 'screen' } as unknown as CameraOptions['source'] }, /v4l2, pattern, file, http/);

test('a label shows neither user nor password, path nor query', (t) => {
  const label = labelOf({ type: 'http', url: 'http://user:secret@cam.local:8080/live/hidden?token=hidden#hidden' });
  t.is(label, 'http://cam.local:8080/…');
});
