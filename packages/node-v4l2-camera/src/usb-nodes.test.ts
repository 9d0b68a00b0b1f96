import { join } from 'node:path';
import test from 'ava';
import { machine } from './sysfs-machine.test.helper.js';
import { listUsbNodes } from './usb-nodes.js';

test('a camera on USB is listed with its port, as its driver would name it, and its ids; others are not', (t) => {
  const usb = { vendorId: '046d', productId: '0825', serial: 'ABC123' };
  t.deepEqual(listUsbNodes(join(machine(t, 'ABC123'), 'class')), [
    { path: '/dev/video0', busInfo: 'usb-0000:00:14.0-2', usb },
  ]);
});

test('a machine without cameras has none', (t) => {
  t.deepEqual(listUsbNodes('/nonexistent'), []);
});
