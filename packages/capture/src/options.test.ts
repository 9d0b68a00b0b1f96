import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { Camera } from './camera.js';
import { type CameraOptions, labelOf } from './options.js';

const rejected = test.macro({
  exec: (t, options: Partial<CameraOptions>, message: RegExp) => {
    const all: CameraOptions = { name: 'cam', source: { type: 'pattern' }, ...options };
    const error = t.throws(() => new Camera(all, silentLogger), { code: 'CAPTURE_INVALID_OPTION' });
    t.regex(error.message, message);
  },
  title: (_, options) => `rejected, with what is allowed: ${JSON.stringify(options)}`,
});

test(rejected, { name: 'a/b' }, /name "a\/b" .*letters, digits, - and _/);
for (const name of ['constructor', 'toString', '__proto__'])
  test(rejected, { name }, /^name "\w+" is not possible: allowed is any name but those of every JavaScript object/);
test(rejected, { fps: 0 }, /fps 0 .*above 0, up to 240/);
test(rejected, { fps: Number.NaN }, /fps/);
test(rejected, { idle: -1 }, /idle -1/);
test(rejected, { stallAfter: 0 }, /stallAfter 0/);
test(rejected, { source: { type: 'pattern', width: 8 } }, /source.width 8 .*from 16 to 8192/);
test(rejected, { source: { type: 'pattern', height: 10.5 } }, /source.height 10.5/);
test(rejected, { source: { type: 'pattern', fps: 1000 } }, /source.fps 1000/);
test(rejected, { source: { type: 'pattern', fourcc: 'H264' } }, /source.fourcc "H264" .*MJPG, JPEG, YUYV/);
test(rejected, { warmup: { frames: -1 } }, /warmup.frames -1 .*from 0 to 1000/);
test(rejected, { warmup: { milliseconds: 0 } }, /warmup.milliseconds 0 .*above 0, up to 60000/);
test(rejected, { source: { type: 'v4l2', device: '' } }, /source.device/);
test(rejected, { source: { type: 'v4l2', device: 'usb:46d:825' } }, /source.device "usb:46d:825" .*VENDOR:PRODUCT/);
test(
  rejected,
  { source: { type: 'v4l2', device: '0', onNoBandwidth: 'hope' as 'wait' } },
  /source.onNoBandwidth "hope" .*wait or fallback/,
);
test(rejected, { source: { type: 'v4l2', device: '/dev/video0', buffers: 1 } }, /source.buffers 1 .*2 to 32/);
test(rejected, { source: { type: 'file', path: '' } }, /source.path/);
test(rejected, { source: { type: 'http', url: 'ftp://user:secret@host/x' } }, /^(?!.*secret).*http:\/\//);
test(rejected, { source: { type: 'http', url: 'no address' } }, /http:\/\//);
test(rejected, { source: { type: 'screen' } as unknown as CameraOptions['source'] }, /v4l2, pattern, file, http/);

test('a label shows neither user nor password, path nor query', (t) => {
  const label = labelOf({ type: 'http', url: 'http://user:secret@cam.local:8080/live/hidden?token=hidden#hidden' });
  t.is(label, 'http://cam.local:8080/…');
});
