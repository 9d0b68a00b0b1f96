import { silentLogger } from '@framehub/frame';
import test from 'ava';
import type { DeviceInfo } from 'node-v4l2-camera';
import { cameraSchema } from '../config/camera-schema.js';
import { automaticSource, type Detected } from './detect.js';
import { frameLimit, resolveSource } from './resolve.js';

function device(number: number, more: Partial<DeviceInfo> = {}): DeviceInfo {
  const path = `/dev/video${number}`;
  return {
    path,
    card: `Camera ${number}`,
    driver: 'uvcvideo',
    busInfo: 'usb-1',
    byId: [],
    byPath: [],
    multiplanar: false,
    ...more,
  };
}

const usb = (serial: string) => ({ vendorId: '046d', productId: '082d', serial });
const detected: Detected = {
  devices: [device(0), device(2, { usb: usb('A1'), byId: ['/dev/v4l/by-id/a1'] }), device(4, { usb: usb('B2') })],
  problems: [],
};
const resolve = (settings: object, found = detected) => resolveSource(cameraSchema.parse(settings), true, () => found);
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('numbers count the cameras that were found, not the nodes', (t) => {
  t.like(resolve({ source: 2 }), { type: 'v4l2', device: '/dev/video4' });
});

onLinux('a camera is opened by the name under which it comes back', (t) => {
  t.like(resolve({ source: 1 }), { device: '/dev/v4l/by-id/a1' });
});

onLinux('a USB camera is found by maker, product and serial number', (t) => {
  t.like(resolve({ source: 'usb:046d:082d:B2' }), { device: '/dev/video4' });
  t.throws(() => resolve({ source: 'usb:046d:082d' }), { code: 'CLI_SEVERAL_CAMERAS', message: /serial number/ });
});

onLinux('a camera that is not there is refused, with those that are', (t) => {
  for (const source of [3, 'usb:046d:082d:C3', '/dev/video99', 'usb-none-video-index0']) {
    const error = t.throws(() => resolve({ source }), { code: 'CLI_NO_SUCH_CAMERA', message: /these are connected/ });
    t.like(error, {
      details: {
        choices: [
          '  --camera 0   Camera 0, /dev/video0',
          '  --camera 1   Camera 2, /dev/video2',
          '  --camera 2   Camera 4, /dev/video4',
        ],
      },
    });
  }
});

onLinux('with no camera at all, it says what keeps them away', (t) => {
  t.throws(() => resolve({ source: 0 }, { devices: [], problems: ['/dev/video0: no permission'] }), {
    message: /no permission/,
  });
  t.throws(() => resolve({ source: 0 }, { devices: [], problems: [] }), { message: /none is connected/ });
});

test('the rate is 24 for cameras, their own for files and servers, and what is asked wins', (t) => {
  const limit = (settings: object) => frameLimit(cameraSchema.parse(settings));
  t.is(limit({ source: 0 }), 24);
  t.is(limit({ source: 'pattern' }), 24);
  t.is(limit({ source: 'pattern@60' }), 60);
  t.is(limit({ source: 'http://host/' }), undefined);
  t.is(limit({ source: 'file:x' }), undefined);
  t.is(limit({ source: 'file:x', framerate: 2 }), 2);
});

test('with no camera named: the only one, a test pattern, or a choice to make', (t) => {
  const automatic = (devices: readonly DeviceInfo[]) => automaticSource({ devices, problems: [] }, silentLogger);
  t.deepEqual(automatic([device(3)]), { kind: 'index', index: 0 });
  t.deepEqual(automatic([]), { kind: 'pattern' });
  const error = t.throws(() => automatic([device(0), device(2)]), { code: 'CLI_SEVERAL_CAMERAS' });
  t.like(error, {
    details: { choices: ['  --camera 0   Camera 0, /dev/video0', '  --camera 1   Camera 2, /dev/video2'] },
  });
});
