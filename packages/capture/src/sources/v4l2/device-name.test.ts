import test from 'ava';
import { type DeviceName, deviceNameText, parseDeviceName } from './device-name.js';

const names: readonly [string, DeviceName][] = [
  ['0', { kind: 'number', number: 0 }],
  ['12', { kind: 'number', number: 12 }],
  ['/dev/video2', { kind: 'path', path: '/dev/video2' }],
  [
    '/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0',
    {
      kind: 'path',
      path: '/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0',
    },
  ],
  ['usb:046d:082d', { kind: 'usb', vendorId: '046d', productId: '082d' }],
  ['usb:046d:082d:6A:2B', { kind: 'usb', vendorId: '046d', productId: '082d', serial: '6A:2B' }],
  ['serial:6A2B3C', { kind: 'serial', serial: '6A2B3C' }],
  ['port:usb-0000:00:14.0-1.2', { kind: 'port', port: 'usb-0000:00:14.0-1.2' }],
  ['port:platform:vivid-000', { kind: 'port', port: 'platform:vivid-000' }],
];

for (const [text, name] of names) {
  test(`${text} is a camera's name, and its text parses to the same name`, (t) => {
    t.deepEqual(parseDeviceName(text), name);
    t.is(deviceNameText(name), text);
  });
}

test("a by-id link's name is a path in udev's folder", (t) => {
  const id = 'usb-046d_HD_Pro_C920_6A2B-video-index0';
  t.deepEqual(parseDeviceName(id), { kind: 'path', path: `/dev/v4l/by-id/${id}` });
});

test('the ids of USB are compared without regard to case, serial numbers are not', (t) => {
  t.deepEqual(parseDeviceName('USB:046D:082D:aB'), { kind: 'usb', vendorId: '046d', productId: '082d', serial: 'aB' });
});

for (const text of [
  '',
  '-1',
  '1.5',
  '1000',
  'garage',
  'usb:46d:825',
  'usb:046d',
  'usb:046d:082d:',
  'serial:',
  'port:',
]) {
  test(`'${text}' is no camera's name`, (t) => t.is(parseDeviceName(text), undefined));
}
