import { basename, dirname, join } from 'node:path';
import { attribute, identityIn, namesIn, realPath, type UsbIdentity, usbDeviceAbove } from './sysfs.js';

/** A node of a USB device: one that can capture, or one for metadata beside it. */
export interface UsbNode {
  readonly path: string;
  /** Where it is plugged in, as the driver would say: `usb-0000:00:14.0-1`. */
  readonly busInfo: string;
  readonly usb: UsbIdentity;
}

/**
 * The nodes of USB devices, as sysfs tells. Opens none of them, which would wake a camera that sleeps, and needs no
 * permission for them.
 */
export function listUsbNodes(root = '/sys/class/video4linux'): UsbNode[] {
  return namesIn(root).flatMap((name) => {
    const folder = realPath(join(root, name, 'device'));
    const device = folder && usbDeviceAbove(folder);
    const usb = device && identityIn(device);
    const busInfo = device && busInfoOf(device);
    return usb && busInfo ? [{ path: join('/dev', name), busInfo, usb }] : [];
  });
}

/** As the kernel makes it (usb_make_path): the name of the controller, and the ports on the way from it. */
function busInfoOf(device: string): string | undefined {
  const ports = attribute(device, 'devpath');
  for (let at = device; at !== dirname(at); at = dirname(at))
    if (/^usb\d+$/.test(basename(at))) return ports && `usb-${basename(dirname(at))}-${ports}`;
  return undefined;
}
