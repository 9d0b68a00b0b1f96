/** A camera's name in the configuration. `findDevice` finds the device that it stands for. */
export type DeviceName =
  /** A node, or a link to one. */
  | { readonly kind: 'path'; readonly path: string }
  /** The place among the cameras connected, from 0. */
  | { readonly kind: 'number'; readonly number: number }
  /** The ids are four hexadecimal digits, in lower case. */
  | { readonly kind: 'usb'; readonly vendorId: string; readonly productId: string; readonly serial?: string }
  | { readonly kind: 'serial'; readonly serial: string }
  /** V4L2's bus_info. */
  | { readonly kind: 'port'; readonly port: string };

/** For messages. */
export const DEVICE_NAMES =
  "a camera's path (/dev/video0), the name of its by-id link (usb-…-video-index0), usb:VENDOR:PRODUCT[:SERIAL], serial:SERIAL, port:BUS-INFO, or its number from 0";

/** Parses a camera's name. @returns undefined if the text is not a camera's name */
export function parseDeviceName(text: string): DeviceName | undefined {
  if (/^\d{1,3}$/.test(text)) return { kind: 'number', number: Number(text) };
  if (/^usb:/i.test(text)) return parseUsb(text);
  const [, kind, value] = /^(serial|port):(.+)$/i.exec(text) ?? [];
  if (kind && value)
    return kind.toLowerCase() === 'port' ? { kind: 'port', port: value } : { kind: 'serial', serial: value };
  if (/^[/.\\]|^[a-z]:\\/i.test(text)) return { kind: 'path', path: text };
  // usb-046d_HD_Pro_Webcam_C920_6A2B-video-index0
  if (/^[\w.-]+-index\d+$/.test(text)) return { kind: 'path', path: `/dev/v4l/by-id/${text}` };
  return undefined;
}

function parseUsb(text: string): DeviceName | undefined {
  const [, vendorId, productId, serial] = /^usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/i.exec(text) ?? [];
  if (!vendorId || !productId) return undefined;
  const ids = { vendorId: vendorId.toLowerCase(), productId: productId.toLowerCase() };
  return { kind: 'usb', ...ids, ...(serial && { serial }) };
}

/** A name as text, which `parseDeviceName` reads back. */
export function deviceNameText(name: DeviceName): string {
  switch (name.kind) {
    case 'path':
      return name.path;
    case 'number':
      return String(name.number);
    case 'usb':
      return ['usb', name.vendorId, name.productId, name.serial].filter((part) => part !== undefined).join(':');
    case 'serial':
      return `serial:${name.serial}`;
    case 'port':
      return `port:${name.port}`;
  }
}

/** A name at the beginning of a message. */
export const describeName = (name: DeviceName): string =>
  name.kind === 'number' ? `camera ${name.number}` : deviceNameText(name);
