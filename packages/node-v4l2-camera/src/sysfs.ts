import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface UsbIdentity {
  /** Four hexadecimal digits, in lower case. */
  readonly vendorId: string;
  readonly productId: string;
  readonly serial?: string;
}

/** Finds the links of a node. */
export type DeviceLinks = (path: string) => { readonly byId: readonly string[]; readonly byPath: readonly string[] };

/** Reads udev's links once, to be asked for many nodes. */
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

/** The USB device behind a node, or undefined where there is none. */
export function readUsbIdentity(path: string, root = '/sys/class/video4linux'): UsbIdentity | undefined {
  const node = realPath(path);
  const start = node && realPath(join(root, basename(node), 'device'));
  // The node hangs on a USB interface; ids are those of the device above.
  const device = start === undefined ? undefined : usbDeviceAbove(start);
  return device === undefined ? undefined : identityIn(device);
}

/** The folder of the USB device that this one belongs to. */
export function usbDeviceAbove(folder: string): string | undefined {
  for (let at = folder; at !== dirname(at); at = dirname(at)) if (identityIn(at)) return at;
  return undefined;
}

/** The ids in the folder of a USB device; undefined in any other. */
export function identityIn(folder: string): UsbIdentity | undefined {
  const vendorId = attribute(folder, 'idVendor');
  const productId = attribute(folder, 'idProduct');
  if (!vendorId || !productId) return undefined;
  const serial = attribute(folder, 'serial');
  return { vendorId, productId, ...(serial && { serial }) };
}

function linksIn(folder: string): (readonly [string, string | undefined])[] {
  return namesIn(folder)
    .sort()
    .map((name) => join(folder, name))
    .map((link) => [link, realPath(link)] as const);
}

/** A folder that is not there (no udev, no camera) is as good as an empty one. */
export function namesIn(folder: string): string[] {
  return orUndefined(() => readdirSync(folder)) ?? [];
}

export function realPath(path: string): string | undefined {
  return orUndefined(() => realpathSync(path));
}

export function attribute(folder: string, name: string): string | undefined {
  return orUndefined(() => readFileSync(join(folder, name), 'utf8').trim());
}

/** Devices come and go between any two looks at these folders. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
