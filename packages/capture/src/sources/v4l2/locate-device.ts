import { realpathSync } from 'node:fs';
import { codeOf } from '@framehub/frame';
import { listDevices, type V4l2Error } from 'node-v4l2-camera';
import type { SeenDevice } from '../../messages.js';
import { deviceError } from './device-error.js';
import { parseDeviceName } from './device-name.js';
import { findDevice } from './find-device.js';

/** Looks for a camera among those connected: the path to open. Throws a `CAPTURE_…` error. */
export function locateDevice(device: string, seen: SeenDevice | undefined): string {
  const name = parseDeviceName(device);
  // Elsewhere there is nothing to look for, and opening says so.
  if (!name || process.platform !== 'linux') return device;
  // Without a past it is opened as it is named: why that fails is worth more than that it is not listed.
  if (name.kind === 'path' && !seen) return name.path;
  const closed: V4l2Error[] = [];
  try {
    const connected = listDevices((error) => closed.push(error));
    return findDevice(name, connected, seen, name.kind === 'path' ? targetOf(name.path) : undefined);
  } catch (error) {
    const [first] = closed;
    // It may well be the one that could not be asked, unless it could be before.
    const hidden = codeOf(error) === 'CAPTURE_DEVICE_GONE' && !seen && first;
    throw hidden ? deviceError(first, first.path) : deviceError(error, device);
  }
}

function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
