import { realpathSync } from 'node:fs';
import { codeOf } from '@framehub/frame';
import { type DeviceInfo, listDevices, listUsbNodes, type V4l2Error } from 'node-v4l2-camera';
import type { SeenDevice } from '../../messages.js';
import { deviceError } from './device-error.js';
import { parseDeviceName } from './device-name.js';
import { missedAmong, seenAmong } from './equal-cameras.js';
import { findDevice, isFollowed } from './find-device.js';

/**
 * Looks for a camera among those connected: the path to open. Throws a `CAPTURE_…` error.
 * @param missed told what is to be remembered of a camera that is not there
 */
export function locateDevice(
  device: string,
  seen: SeenDevice | undefined,
  missed: (seen: SeenDevice) => void = () => {},
): string {
  const name = parseDeviceName(device);
  // Elsewhere there is nothing to look for, and opening says so.
  if (!name || process.platform !== 'linux') return device;
  // Without a past it is opened as it is named: why that fails is worth more than that it is not listed.
  if (name.kind === 'path' && !seen) return name.path;
  const closed: V4l2Error[] = [];
  let connected: readonly DeviceInfo[] = [];
  try {
    connected = listDevices((error) => closed.push(error));
    return findDevice(name, connected, seen, name.kind === 'path' ? targetOf(name.path) : undefined);
  } catch (error) {
    const [first] = closed;
    const isGone = codeOf(error) === 'CAPTURE_DEVICE_GONE';
    // One that could not be asked may be an equal that has been there all along.
    if (isGone && seen && !first) missed(missedAmong(seen, connected));
    // It may well be the one that could not be asked, unless it could be before.
    throw isGone && !seen && first ? deviceError(first, first.path) : deviceError(error, device);
  }
}

/** What is to be remembered of a camera that is open, so that it is known again. */
export function seenNow(
  device: string,
  camera: Pick<SeenDevice, 'port' | 'usb'>,
  before: SeenDevice | undefined,
): SeenDevice {
  const name = parseDeviceName(device);
  // A name of the camera's own says all.
  const matters = name && (isFollowed(name) || name.kind === 'path') && camera.usb;
  return matters ? seenAmong(camera, listUsbNodes(), before) : camera;
}

function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
