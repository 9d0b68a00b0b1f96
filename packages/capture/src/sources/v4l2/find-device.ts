import { FramehubError } from '@framehub/frame';
import type { SeenDevice } from '../../messages.js';
import { type ConnectedDevice, camerasAmong, isEqual } from './connected-device.js';
import { type DeviceName, describeName, deviceNameText } from './device-name.js';
import { movedAmong } from './equal-cameras.js';

/**
 * The node, or the link to it, that a name means now.
 *
 * A node's number and a place in the list say little about which camera it is, so these two are followed by what was
 * found there first; a link is checked against it, as equal cameras share one. A path that was never opened before is
 * returned as it is, and opening it tells what it is.
 *
 * @param connected as `listDevices` gives them
 * @param seen the camera that this one was, when it was opened before
 * @param target for a path: the node that it leads to, if there is one
 * @throws `CAPTURE_DEVICE_GONE` or `CAPTURE_DEVICE_AMBIGUOUS`, with those that are connected
 */
export function findDevice(
  name: DeviceName,
  connected: readonly ConnectedDevice[],
  seen?: SeenDevice,
  target?: string,
): string {
  if (name.kind === 'path') return seen ? findPath(name, connected, seen, target) : name.path;
  const cameras = camerasAmong(connected);
  if (name.kind === 'number') {
    const there = cameras[name.number];
    const found = seen ? follow(name, connected, seen, there) : there;
    if (found) return found.path;
    throw gone(name, cameras);
  }
  return choose(name, cameras, seen).path;
}

/** Whether the name stands for the camera that was there first, wherever that is plugged in later. */
export const isFollowed = (name: DeviceName): boolean =>
  name.kind === 'number' || (name.kind === 'path' && /^\/dev\/video\d+$/.test(name.path));

function findPath(
  name: DeviceName & { kind: 'path' },
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  target: string | undefined,
): string {
  const there = connected.find(({ path }) => path === target);
  const found = isFollowed(name) ? follow(name, connected, seen, there) : amongEquals(connected, seen, there);
  // What is there but cannot be asked is opened all the same: the reason is worth more than "gone".
  if (found === there && (there || target)) return name.path;
  if (found) return found.path;
  throw gone(name, camerasAmong(connected));
}

/** What a number or a node means: the camera that was there first, wherever it is now. */
function follow(
  name: DeviceName,
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  there: ConnectedDevice | undefined,
): ConnectedDevice | undefined {
  const again = inItsPort(connected, seen, there) ?? elsewhere(connected, seen) ?? movedAmong(seen, connected);
  if (again || !there || there.busInfo === seen.port) return again ?? there;
  throw new FramehubError(
    'CAPTURE_DEVICE_GONE',
    `${describeName(name)} is another camera now (${describe(there)}), and the one that is meant is not there: plug it in at port:${seen.port}, or configure the other by its port`,
    { device: deviceNameText(name), connected: [describe(there)] },
  );
}

/**
 * What a link means: where cameras are equal it leads to the one that came last, and ours is the one in its port. With
 * ours pulled out it leads to the other.
 */
function amongEquals(
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  there: ConnectedDevice | undefined,
): ConnectedDevice | undefined {
  if (there && !isEqual(there, seen)) return there;
  const isTheOther = there && seen.others?.includes(there.busInfo);
  return inItsPort(connected, seen, there) ?? (isTheOther ? undefined : there);
}

function inItsPort(
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  there: ConnectedDevice | undefined,
): ConnectedDevice | undefined {
  const isOurs = (device: ConnectedDevice): boolean => device.busInfo === seen.port && isEqual(device, seen);
  // Of several nodes of the camera, the one that was named.
  return there && isOurs(there) ? there : connected.find(isOurs);
}

/** Plugged in at another port, a camera is known by its serial number, but only while no other has or had the same. */
function elsewhere(connected: readonly ConnectedDevice[], seen: SeenDevice): ConnectedDevice | undefined {
  if (seen.usb?.serial === undefined || seen.others?.length) return undefined;
  const [only, another] = camerasAmong(connected).filter((device) => isEqual(device, seen));
  return another ? undefined : only;
}

type Selector = Exclude<DeviceName, { kind: 'path' | 'number' }>;

function choose(name: Selector, cameras: readonly ConnectedDevice[], seen: SeenDevice | undefined): ConnectedDevice {
  const candidates = cameras.filter((camera) => matches(name, camera));
  const [only, another] = candidates;
  if (!only) throw gone(name, cameras);
  const ours = seen && inItsPort(candidates, seen, undefined);
  if (ours || !another) return ours ?? only;
  const choices = candidates.map(describe);
  throw new FramehubError(
    'CAPTURE_DEVICE_AMBIGUOUS',
    `${describeName(name)} is the name of ${candidates.length} cameras: choose ${choices.join(' or ')}`,
    { device: deviceNameText(name), choices },
  );
}

function matches(name: Selector, { usb, busInfo }: ConnectedDevice): boolean {
  switch (name.kind) {
    case 'port':
      return busInfo === name.port;
    case 'serial':
      return usb?.serial === name.serial;
    case 'usb':
      return (
        usb?.vendorId === name.vendorId &&
        usb.productId === name.productId &&
        (name.serial === undefined || usb.serial === name.serial)
      );
  }
}

function gone(name: DeviceName, cameras: readonly ConnectedDevice[]): FramehubError {
  const connected = cameras.map(describe);
  const others = connected.length === 0 ? 'no camera is connected' : `connected: ${connected.join(', ')}`;
  return new FramehubError(
    'CAPTURE_DEVICE_GONE',
    `${describeName(name)} is not there: plug the camera in, or choose another (${others})`,
    { device: deviceNameText(name), connected },
  );
}

/** Begins with the name that no other camera has. */
const describe = ({ busInfo, card }: ConnectedDevice): string => `port:${busInfo} (${card})`;
