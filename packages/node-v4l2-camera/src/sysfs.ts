import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The ids of a USB device, as lsusb prints them. */
export interface UsbIdentity {
  /** Four hexadecimal digits, in lower case. */
  readonly vendorId: string;
  /** Four hexadecimal digits, in lower case. */
  readonly productId: string;
  /** Absent if the device has no serial number. */
  readonly serial?: string;
}

/** A node of a USB device: one that can capture, or a metadata node beside it. */
export interface UsbNode {
  /** `/dev/video0` */
  readonly path: string;
  /** Where it is plugged in, in the driver's notation: `usb-0000:00:14.0-1`. */
  readonly busInfo: string;
  readonly usb: UsbIdentity;
}

/** Returns udev's links to a node. */
export type DeviceLinks = (path: string) => { readonly byId: readonly string[]; readonly byPath: readonly string[] };

const VIDEO_CLASS = '/sys/class/video4linux';

/**
 * Lists the video nodes of USB devices from sysfs. Does not open them, which would wake a sleeping camera, and needs no
 * permission.
 *
 * @param root sysfs's folder of video nodes
 */
export function listUsbNodes(root = VIDEO_CLASS): UsbNode[] {
  return namesIn(root).flatMap((name) => {
    const device = usbDeviceOf(root, name);
    const usb = device && readIdentity(device);
    const busInfo = device && busInfoOf(device);
    return usb && busInfo ? [{ path: join('/dev', name), busInfo, usb }] : [];
  });
}

/** Returns the USB ids of a node's device, or undefined if it is not on USB. */
export function readUsbIdentity(path: string, root = VIDEO_CLASS): UsbIdentity | undefined {
  const node = realPath(path);
  const device = node && usbDeviceOf(root, basename(node));
  return device ? readIdentity(device) : undefined;
}

/** Reads udev's links once, for queries about many nodes. */
export function readLinks(root = '/dev/v4l'): DeviceLinks {
  const byId = linksIn(join(root, 'by-id'));
  const byPath = linksIn(join(root, 'by-path'));
  return (path) => {
    const node = realPath(path);
    const to = (links: readonly (readonly [string, string | undefined])[]) =>
      links.filter(([, target]) => target !== undefined && target === node).map(([link]) => link);
    return { byId: to(byId), byPath: to(byPath) };
  };
}

/** The names in a folder; empty if there is no such folder (no udev, no camera). */
export function namesIn(folder: string): string[] {
  return orUndefined(() => readdirSync(folder)) ?? [];
}

/** The sysfs folder of the USB device above a node, whose own folder is that of a USB interface. */
function usbDeviceOf(root: string, name: string): string | undefined {
  const start = realPath(join(root, name, 'device'));
  for (let at = start; at && at !== dirname(at); at = dirname(at)) if (readIdentity(at)) return at;
  return undefined;
}

/** The ids in the sysfs folder of a USB device; undefined in any other folder. */
function readIdentity(folder: string): UsbIdentity | undefined {
  const vendorId = readAttribute(folder, 'idVendor');
  const productId = readAttribute(folder, 'idProduct');
  if (!vendorId || !productId) return undefined;
  const serial = readAttribute(folder, 'serial');
  return { vendorId, productId, ...(serial && { serial }) };
}

/** As the kernel's usb_make_path: the controller's name, and the ports between it and the device. */
function busInfoOf(device: string): string | undefined {
  const ports = readAttribute(device, 'devpath');
  for (let at = device; at !== dirname(at); at = dirname(at))
    if (/^usb\d+$/.test(basename(at))) return ports && `usb-${basename(dirname(at))}-${ports}`;
  return undefined;
}

function linksIn(folder: string): (readonly [link: string, target: string | undefined])[] {
  return namesIn(folder)
    .sort()
    .map((name) => join(folder, name))
    .map((link) => [link, realPath(link)] as const);
}

function realPath(path: string): string | undefined {
  return orUndefined(() => realpathSync(path));
}

function readAttribute(folder: string, name: string): string | undefined {
  return orUndefined(() => readFileSync(join(folder, name), 'utf8').trim());
}

/** Devices may appear and vanish between two reads of these folders. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
