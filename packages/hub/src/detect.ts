import { camerasAmong } from '@framehub/capture';
import { type DeviceInfo, listDevices, type V4l2Error } from 'node-v4l2-camera';

/** The cameras that are connected, by number, and why others could not be read. */
export interface Detected {
  readonly devices: readonly DeviceInfo[];
  readonly problems: readonly string[];
}

/** Lists the connected cameras. There are none without Video4Linux, as on macOS and Windows. */
export function detectCameras(): Detected {
  if (process.platform !== 'linux') return { devices: [], problems: [] };
  const problems: string[] = [];
  const devices = listDevices((error: V4l2Error) => problems.push(error.message));
  return { devices: camerasAmong(devices), problems };
}

/** A line for each camera that begins with its number, which names it in the configuration. */
export function describeDevices(devices: readonly DeviceInfo[]): string[] {
  return devices.map(({ card, path }, index) => `${index}   ${card}, ${path}`);
}
