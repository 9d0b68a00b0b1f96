import { join } from 'node:path';
import test from 'ava';
import { listUsbNodes, readLinks, readUsbIdentity } from './sysfs.js';
import { machine } from './sysfs-machine.test.helper.js';

test('a USB camera has the ids of the device above its interface', (t) => {
  const root = machine(t, 'ABC123');
  t.deepEqual(readUsbIdentity(join(root, 'dev/video0'), join(root, 'class')), {
    vendorId: '046d',
    productId: '0825',
    serial: 'ABC123',
  });
});

test('a link to a node has the same ids; a camera without a serial number has none', (t) => {
  const root = machine(t);
  const link = join(root, 'dev/v4l/by-id/usb-Maker_Camera-video-index0');
  t.deepEqual(readUsbIdentity(link, join(root, 'class')), { vendorId: '046d', productId: '0825' });
});

test('a camera that is not on USB, or not in sysfs, has no ids', (t) => {
  const root = machine(t);
  t.is(readUsbIdentity(join(root, 'dev/video1'), join(root, 'class')), undefined);
  t.is(readUsbIdentity(join(root, 'dev/video7'), join(root, 'class')), undefined);
});

test('links are found by their target; stale links are ignored', (t) => {
  const root = machine(t);
  const folder = join(root, 'dev/v4l');
  const links = readLinks(folder);
  t.deepEqual(links(join(root, 'dev/video0')), {
    byId: [join(folder, 'by-id/usb-Maker_Camera-video-index0')],
    byPath: [join(folder, 'by-path/usb-0:2:1.0-video-index0'), join(folder, 'by-path/usbv2-0:2:1.0-video-index0')],
  });
  t.deepEqual(links(join(root, 'dev/video1')), { byId: [], byPath: [] });
  t.deepEqual(links(join(root, 'dev/video9')), { byId: [], byPath: [] });
});

test('without udev there are no links', (t) => {
  t.deepEqual(readLinks('/nonexistent')('/dev/null'), { byId: [], byPath: [] });
});

test('USB cameras are listed with their ids and their port in the driver notation; other cameras are not', (t) => {
  const usb = { vendorId: '046d', productId: '0825', serial: 'ABC123' };
  t.deepEqual(listUsbNodes(join(machine(t, 'ABC123'), 'class')), [
    { path: '/dev/video0', busInfo: 'usb-0000:00:14.0-2', usb },
  ]);
});

test('a machine without cameras has no USB nodes', (t) => {
  t.deepEqual(listUsbNodes('/nonexistent'), []);
});
