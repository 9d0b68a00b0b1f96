import { Capability, QUERYCAP, v4l2_capability } from './abi/capability.js';
import type { DeviceFile } from './device-file.js';
import { V4l2Error } from './error.js';
import { type DeviceLinks, readLinks, readUsbIdentity, type UsbIdentity } from './sysfs.js';

/** A camera: one node that can capture. */
export interface DeviceInfo {
  /** The node, as it was named: `/dev/video0`. */
  readonly path: string;
  /** The camera's own name: `UVC Camera (046d:0825)`. */
  readonly card: string;
  /** `uvcvideo`, `vivid` … */
  readonly driver: string;
  /** Where it is plugged in: `usb-0000:00:14.0-1`. */
  readonly busInfo: string;
  /** udev's links by maker, product and serial: `/dev/v4l/by-id/…`. Two cameras without serials share one. */
  readonly byId: readonly string[];
  /** udev's links by port: `/dev/v4l/by-path/…`. */
  readonly byPath: readonly string[];
  readonly usb?: UsbIdentity;
  /** Its frames may lie in several planes of memory. */
  readonly multiplanar: boolean;
  /** Whether frames come by themselves. A part of an image pipeline gives none before others feed or link it. */
  readonly standalone: boolean;
}

/**
 * Image processors of Raspberry Pis, whose outputs look like cameras to the last flag: bcm2835-isp on models 0 to 4,
 * pispbe on model 5.
 */
const PROCESSORS: readonly string[] = ['bcm2835-isp', 'pispbe'];

/** Whether frames come by themselves from a node of this driver with these capabilities. */
export function isStandalone(driver: string, capabilities: number): boolean {
  return !PROCESSORS.includes(driver) && (capabilities & Capability.IO_MC) === 0;
}

/** Asks an open node what it is. Throws `ENOTTY` for what is no V4L2 device, `EINVAL` for one that cannot capture. */
export function queryDevice(file: DeviceFile, links: DeviceLinks = readLinks()): DeviceInfo {
  const cell = file.allocate(v4l2_capability);
  file.call(QUERYCAP, cell);
  const { driver, card, bus_info: busInfo, capabilities, device_caps } = cell.fields;
  // Without DEVICE_CAPS (before Linux 3.4) the capabilities of the device are all there is to go by.
  const can = capabilities & Capability.DEVICE_CAPS ? device_caps : capabilities;
  const planes = can & (Capability.VIDEO_CAPTURE | Capability.VIDEO_CAPTURE_MPLANE);
  if (!planes || !(can & Capability.STREAMING)) {
    throw new V4l2Error(
      'EINVAL',
      22,
      'VIDIOC_QUERYCAP',
      file.path,
      `${file.path}: ${card} cannot capture on this node`,
    );
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
    standalone: isStandalone(driver, can),
  };
}
