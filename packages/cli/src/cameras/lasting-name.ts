import { deviceNameText } from '@framehub/capture';
import type { DeviceInfo } from 'node-v4l2-camera';

/** What a camera is named by. */
export type NamedDevice = Pick<DeviceInfo, 'path' | 'busInfo' | 'byId' | 'byPath' | 'usb'>;

/**
 * The name to configure a camera by: no other of those connected has it, and it means the same camera after a restart. By
 * what it is where that is enough, else by where it is plugged in.
 */
export function lastingName(device: NamedDevice, connected: readonly NamedDevice[]): string {
  const { byId, byPath, usb, busInfo, path } = device;
  if (twinsOf(device, connected).length === 0) {
    if (byId[0] !== undefined) return byId[0];
    if (usb?.serial !== undefined) return deviceNameText({ kind: 'usb', ...usb });
  }
  return busInfo === '' ? (byPath[0] ?? path) : deviceNameText({ kind: 'port', port: busInfo });
}

/** Others that say the same of themselves: maker, product, and serial number or none. */
export function twinsOf<T extends NamedDevice>(device: NamedDevice, connected: readonly T[]): T[] {
  const { usb } = device;
  if (!usb) return [];
  return connected.filter(
    (other) =>
      other.path !== device.path &&
      other.usb?.vendorId === usb.vendorId &&
      other.usb.productId === usb.productId &&
      other.usb.serial === usb.serial,
  );
}

/** Every other name of a camera, for people who know it by that. */
export function otherNames(device: NamedDevice, lasting: string): string[] {
  const { path, byId, byPath, usb, busInfo } = device;
  const names = [
    path,
    ...(usb ? [deviceNameText({ kind: 'usb', ...usb })] : []),
    `port:${busInfo}`,
    ...byId,
    ...byPath,
  ];
  return names.filter((name) => name !== lasting && name !== 'port:');
}
