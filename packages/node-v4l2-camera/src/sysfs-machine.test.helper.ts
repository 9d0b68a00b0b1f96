import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates the folders of sysfs and udev for a machine with one USB camera and one other camera; returns their root. */
export function machine(t: { teardown(fn: () => void): void }, serial?: string): string {
  const root = mkdtempSync(join(tmpdir(), 'sysfs-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const usb = join(root, 'devices/pci0000:00/0000:00:14.0/usb1/1-2');
  mkdirSync(join(usb, '1-2:1.0/video4linux/video0'), { recursive: true });
  mkdirSync(join(root, 'devices/platform/isp/video4linux/video1'), { recursive: true });
  writeFileSync(join(usb, 'idVendor'), '046d\n');
  writeFileSync(join(usb, 'idProduct'), '0825\n');
  writeFileSync(join(usb, 'devpath'), '2\n');
  if (serial) writeFileSync(join(usb, 'serial'), `${serial}\n`);
  mkdirSync(join(root, 'class/video0'), { recursive: true });
  mkdirSync(join(root, 'class/video1'));
  symlinkSync(join(usb, '1-2:1.0'), join(root, 'class/video0/device'));
  symlinkSync(join(root, 'devices/platform/isp'), join(root, 'class/video1/device'));
  mkdirSync(join(root, 'dev/v4l/by-id'), { recursive: true });
  mkdirSync(join(root, 'dev/v4l/by-path'));
  for (const node of ['video0', 'video1']) writeFileSync(join(root, 'dev', node), '');
  symlinkSync('../../video0', join(root, 'dev/v4l/by-id/usb-Maker_Camera-video-index0'));
  symlinkSync('../../video0', join(root, 'dev/v4l/by-path/usb-0:2:1.0-video-index0'));
  symlinkSync('../../video0', join(root, 'dev/v4l/by-path/usbv2-0:2:1.0-video-index0'));
  symlinkSync('../../video9', join(root, 'dev/v4l/by-path/stale'));
  return root;
}
