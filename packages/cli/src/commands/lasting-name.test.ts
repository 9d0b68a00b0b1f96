import { camerasAmong, findDevice, parseDeviceName } from '@framehub/capture';
import test from 'ava';
import { lastingName, type NamedDevice, otherNames, twinsOf } from './devices.js';

type Device = NamedDevice & { card: string };

function device(number: number, more: Partial<Device> = {}): Device {
  return {
    path: `/dev/video${number}`,
    card: 'Camera',
    busInfo: `usb-0000:00:14.0-${number}`,
    byId: [],
    byPath: [],
    ...more,
  };
}
const usb = (serial?: string) => ({ vendorId: '046d', productId: '082d', ...(serial && { serial }) });
const names = (...devices: Device[]) => devices.map((one) => lastingName(one, devices));

test('udev’s link by identity is best, where there is one', (t) => {
  const link = '/dev/v4l/by-id/usb-046d_C920_A1-video-index0';
  t.deepEqual(names(device(0, { usb: usb('A1'), byId: [link] }), device(2, { usb: usb('B2') })), [
    link,
    'usb:046d:082d:B2',
  ]);
});

test('cameras that say the same of themselves are named by their ports', (t) => {
  const twins = [device(0, { usb: usb('1') }), device(2, { usb: usb('1'), byId: ['/dev/v4l/by-id/same'] })];
  t.deepEqual(names(...twins), ['port:usb-0000:00:14.0-0', 'port:usb-0000:00:14.0-2']);
  t.deepEqual(twinsOf(twins[0] as Device, twins), [twins[1]]);
});

test('one without a serial number is named by its port, as another of its kind could come', (t) => {
  t.deepEqual(names(device(0, { usb: usb() })), ['port:usb-0000:00:14.0-0']);
});

test('what is no USB camera is named by its bus, or by its path', (t) => {
  t.deepEqual(names(device(0, { busInfo: 'platform:vivid-000' })), ['port:platform:vivid-000']);
  t.deepEqual(names(device(0, { busInfo: '' })), ['/dev/video0']);
});

test('each name finds its camera among those connected, and no other', (t) => {
  const devices = [
    device(0, { usb: usb('1') }),
    device(2, { usb: usb('1') }),
    device(4, { usb: usb('B2') }),
    device(6),
  ];
  for (const one of camerasAmong(devices)) {
    const name = parseDeviceName(lastingName(one, devices));
    t.is(name && findDevice(name, devices), one.path);
  }
});

test('the other names of a camera are those that are not the lasting one', (t) => {
  const one = device(0, { usb: usb('A1'), byPath: ['/dev/v4l/by-path/x'] });
  t.deepEqual(otherNames(one, 'usb:046d:082d:A1'), ['/dev/video0', 'port:usb-0000:00:14.0-0', '/dev/v4l/by-path/x']);
});
