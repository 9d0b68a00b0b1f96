import type { DeviceInfo } from 'node-v4l2-camera';
import type { SeenDevice } from '../../messages.js';

/** What is looked at of a device. */
export type ConnectedDevice = Pick<DeviceInfo, 'path' | 'card' | 'busInfo' | 'usb'>;

/** One node a camera, the first: infrared and colour of one camera have nodes of their own, at the same port. */
export function camerasAmong<T extends Pick<ConnectedDevice, 'busInfo'>>(connected: readonly T[]): T[] {
  return connected.filter(
    ({ busInfo }, i) => busInfo === '' || connected.findIndex((other) => other.busInfo === busInfo) === i,
  );
}

/** Whether nothing but their ports tells them apart. */
export function isEqual({ usb }: Pick<ConnectedDevice, 'usb'>, seen: Pick<SeenDevice, 'usb'>): boolean {
  return (
    usb?.vendorId === seen.usb?.vendorId && usb?.productId === seen.usb?.productId && usb?.serial === seen.usb?.serial
  );
}
