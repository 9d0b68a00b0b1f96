import { join } from 'node:path';
import { DeviceFile } from './device-file.js';
import { type DeviceInfo, queryDevice } from './device-info.js';
import { V4l2Error } from './error.js';
import { libc } from './libc.js';
import { namesIn, readLinks } from './sysfs.js';

/** Nodes that are no cameras: metadata, output, codecs; and nodes that went away while being asked. */
const NO_CAMERA = new Set(['EINVAL', 'ENOTTY', 'ENOENT', 'ENODEV', 'ENXIO']);

/**
 * The nodes in /dev that can capture by themselves, by number: those of an image pipeline can be opened by name, but a
 * Raspberry Pi has a dozen of them and no camera behind any. Each is opened once, briefly.
 *
 * @param onError told of nodes that may be cameras but could not be asked, such as for lack of permission (`EACCES`)
 * @throws V4l2Error `ENOSYS` where there is no Video4Linux, and never because of one node
 */
export function listDevices(onError: (error: V4l2Error) => void = () => {}): DeviceInfo[] {
  libc();
  const links = readLinks();
  const numbers = namesIn('/dev')
    .map((name) => /^video(\d+)$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const devices: DeviceInfo[] = [];
  for (const number of numbers) {
    try {
      const device = describe(join('/dev', `video${number}`), links);
      if (device.standalone) devices.push(device);
    } catch (error) {
      if (!(error instanceof V4l2Error)) throw error;
      if (!NO_CAMERA.has(error.code)) onError(error);
    }
  }
  return devices;
}

function describe(path: string, links: ReturnType<typeof readLinks>): DeviceInfo {
  const file = DeviceFile.open(path);
  try {
    return queryDevice(file, links);
  } finally {
    file.close();
  }
}
