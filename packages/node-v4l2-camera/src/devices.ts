import { join } from 'node:path';
import { Capability, QUERYCAP, v4l2_capability } from './abi/videodev2.js';
import { DeviceFile } from './device-file.js';
import { Errno, V4l2Error } from './error.js';
import { libc } from './libc.js';
import { type DeviceLinks, namesIn, readLinks, readUsbIdentity, type UsbIdentity } from './sysfs.js';

/** A device node that can capture. */
export interface DeviceInfo {
  /** The node under the name it was opened by: `/dev/video0`. */
  readonly path: string;
  /** The camera's name: `UVC Camera (046d:0825)`. */
  readonly card: string;
  /** The kernel driver: `uvcvideo`, `vivid` … */
  readonly driver: string;
  /** Where it is plugged in: `usb-0000:00:14.0-1`. */
  readonly busInfo: string;
  /** udev's links by maker, product and serial number: `/dev/v4l/by-id/…`. Two cameras without serial numbers share one. */
  readonly byId: readonly string[];
  /** udev's links by port: `/dev/v4l/by-path/…`. */
  readonly byPath: readonly string[];
  /** Absent for cameras that are not on USB. */
  readonly usb?: UsbIdentity;
  /** Uses the multi-planar API: a frame may have several planes of memory. */
  readonly multiplanar: boolean;
  /** Delivers frames without other nodes. False for parts of an image pipeline, which must be fed or linked first. */
  readonly standalone: boolean;
}

/**
 * Image processors of the Raspberry Pi, whose outputs have exactly the flags of cameras: bcm2835-isp on models 0 to 4,
 * pispbe on model 5.
 */
const IMAGE_PROCESSORS: readonly string[] = ['bcm2835-isp', 'pispbe'];

/** Errors of nodes that are not cameras (metadata, output, codecs), and of nodes that vanish while they are queried. */
const NOT_A_CAMERA = new Set(['EINVAL', 'ENOTTY', 'ENOENT', 'ENODEV', 'ENXIO']);

/**
 * Lists the nodes in /dev that can capture, sorted by number, without the parts of image pipelines: a Raspberry Pi has a
 * dozen such nodes without any camera. `V4l2Camera.open` opens those, too. Opens and closes each node.
 *
 * @param onError receives the errors of nodes that may be cameras but cannot be queried, such as `EACCES`
 * @throws V4l2Error `ENOSYS` where Video4Linux is not available, and never because of one node
 * @example
 * for (const { path, card } of listDevices((error) => console.error(error.message))) console.log(path, card);
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
      const device = queryPath(join('/dev', `video${number}`), links);
      if (device.standalone) devices.push(device);
    } catch (error) {
      if (!(error instanceof V4l2Error)) throw error;
      if (!NOT_A_CAMERA.has(error.code)) onError(error);
    }
  }
  return devices;
}

function queryPath(path: string, links: DeviceLinks): DeviceInfo {
  const file = DeviceFile.open(path);
  try {
    return queryDevice(file, links);
  } finally {
    file.close();
  }
}

/** Queries an open node. Throws V4l2Error: `ENOTTY` if it is not a V4L2 device, `EINVAL` if it cannot capture. */
export function queryDevice(file: DeviceFile, links: DeviceLinks = readLinks()): DeviceInfo {
  const cell = file.allocate(v4l2_capability);
  file.call(QUERYCAP, cell);
  const { driver, card, bus_info: busInfo, capabilities, device_caps } = cell.fields;
  // Before Linux 3.4 there is no DEVICE_CAPS: only the capabilities of all the device's nodes together.
  const nodeCapabilities = capabilities & Capability.DEVICE_CAPS ? device_caps : capabilities;
  const planes = nodeCapabilities & (Capability.VIDEO_CAPTURE | Capability.VIDEO_CAPTURE_MPLANE);
  if (!planes || !(nodeCapabilities & Capability.STREAMING)) {
    throw file.error(Errno.EINVAL, QUERYCAP.name, `${card} cannot capture on this node`);
  }
  const usb = readUsbIdentity(file.path);
  return {
    path: file.path,
    card,
    driver,
    busInfo,
    ...links(file.path),
    ...(usb && { usb }),
    multiplanar: (planes & Capability.VIDEO_CAPTURE) === 0,
    standalone: isStandalone(driver, nodeCapabilities),
  };
}

/** Whether a node of this driver with these capabilities delivers frames without other nodes. */
export function isStandalone(driver: string, capabilities: number): boolean {
  return !IMAGE_PROCESSORS.includes(driver) && (capabilities & Capability.IO_MC) === 0;
}
