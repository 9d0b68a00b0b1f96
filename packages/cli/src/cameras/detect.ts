import { camerasAmong } from '@framehub/capture';
import { FramehubError } from '@framehub/frame';
import { type DeviceInfo, listDevices, type V4l2Error } from 'node-v4l2-camera';

/** The cameras that are connected, by number, and why others could not be asked. */
export interface Detected {
  readonly devices: readonly DeviceInfo[];
  readonly problems: readonly string[];
}

/** Looks for cameras. Finds none where there is no Video4Linux, on macOS and Windows. */
export function detectCameras(): Detected {
  if (process.platform !== 'linux') return { devices: [], problems: [] };
  const problems: string[] = [];
  const devices = listDevices((error: V4l2Error) => problems.push(error.message));
  return { devices: camerasAmong(devices), problems };
}

/** A line for each camera, beginning with what to type for it. */
export function describeDevices(devices: readonly DeviceInfo[]): string[] {
  return devices.map(({ card, path }, index) => `  --camera ${index}   ${card}, ${path}`);
}

/**
 * What keeps a camera of the command line away, for the person in front of it, who can choose another: what the camera
 * says, with those that are connected.
 */
export function withChoices(error: FramehubError, detect: () => Detected = detectCameras): FramehubError {
  const { code, message, details } = error;
  if (code !== 'CAPTURE_DEVICE_GONE' && code !== 'CAPTURE_DEVICE_AMBIGUOUS') return error;
  const { devices, problems } = detect();
  const choices = describeDevices(devices);
  if (code === 'CAPTURE_DEVICE_AMBIGUOUS') return new FramehubError('CLI_SEVERAL_CAMERAS', message, { choices });
  const [only, another] = devices;
  const there = only ? `${another ? 'these are' : 'this one is'} connected:` : 'none is connected';
  const device = String(details.device);
  const wanted = /^\d+$/.test(device) ? `number ${device}` : device;
  return new FramehubError('CLI_NO_SUCH_CAMERA', `there is no camera ${wanted}: ${problems[0] ?? there}`, {
    wanted,
    choices,
  });
}

/** For a camera of the command line that gives no pictures. */
export function giveUp(error: unknown): never {
  throw error instanceof FramehubError ? withChoices(error) : error;
}
