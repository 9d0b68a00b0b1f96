import { FramehubError } from '@framehub/frame';
import type { DeviceInfo } from 'node-v4l2-camera';
import type { SeenDevice } from '../../messages.js';
import { type DeviceName, describeName, deviceNameText } from './device-name.js';

/** A device as `listDevices` of node-v4l2-camera describes it. */
export type ConnectedDevice = Pick<DeviceInfo, 'path' | 'card' | 'busInfo' | 'usb'>;

/** The first node of each camera: infrared and colour of one camera have a node each, at the same port. */
export function camerasAmong<T extends Pick<ConnectedDevice, 'busInfo'>>(connected: readonly T[]): T[] {
  return connected.filter(
    ({ busInfo }, i) => busInfo === '' || connected.findIndex((other) => other.busInfo === busInfo) === i,
  );
}

/** Whether two cameras differ in nothing but their ports. */
export function isEqual({ usb }: Partial<Pick<SeenDevice, 'usb'>>, seen: Pick<SeenDevice, 'usb'>): boolean {
  return (
    usb?.vendorId === seen.usb?.vendorId && usb?.productId === seen.usb?.productId && usb?.serial === seen.usb?.serial
  );
}

/**
 * Finds the node, or the link to it, that a name stands for now.
 *
 * A node's number and a place in the list change, so these two stand for the camera that was found there first, wherever
 * it is now; a link is compared with that camera, as identical cameras share one. A path that was never opened before is
 * returned unchanged.
 *
 * @param connected what `listDevices` returns
 * @param seen what was remembered when it was opened before
 * @param target for a path: the node that it leads to, if there is one
 * @throws `CAPTURE_DEVICE_GONE` or `CAPTURE_DEVICE_AMBIGUOUS`, with the cameras that are connected
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
  // A device that is there but cannot be queried is opened: the reason is worth more than "gone".
  if (found === there && (there || target)) return name.path;
  if (found) return found.path;
  throw gone(name, camerasAmong(connected));
}

/** What a number or a node stands for: the camera that was there first, wherever it is now. */
function follow(
  name: DeviceName,
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  there: ConnectedDevice | undefined,
): ConnectedDevice | undefined {
  const again = atItsPort(connected, seen, there) ?? bySerial(connected, seen) ?? movedAmong(seen, connected);
  if (again || !there || there.busInfo === seen.port) return again ?? there;
  throw new FramehubError(
    'CAPTURE_DEVICE_GONE',
    `${describeName(name)} belongs to another camera now (${describe(there)}), and the configured one is not there: plug it in at port:${seen.port}, or configure the other by its port`,
    { device: deviceNameText(name), connected: [describe(there)] },
  );
}

/**
 * What a link stands for: of identical cameras it leads to the one that was plugged in last, and the configured one is that
 * in its own port. While that is unplugged, the link leads to the other.
 */
function amongEquals(
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  there: ConnectedDevice | undefined,
): ConnectedDevice | undefined {
  if (there && !isEqual(there, seen)) return there;
  const leadsToOther = there && seen.others?.includes(there.busInfo);
  return atItsPort(connected, seen, there) ?? (leadsToOther ? undefined : there);
}

function atItsPort(
  connected: readonly ConnectedDevice[],
  seen: SeenDevice,
  there: ConnectedDevice | undefined,
): ConnectedDevice | undefined {
  const isSame = (device: ConnectedDevice): boolean => device.busInfo === seen.port && isEqual(device, seen);
  // Of several nodes of the camera, the named one.
  return there && isSame(there) ? there : connected.find(isSame);
}

/** At another port a camera is recognised by its serial number, but only while no other has or had the same. */
function bySerial(connected: readonly ConnectedDevice[], seen: SeenDevice): ConnectedDevice | undefined {
  if (seen.usb?.serial === undefined || seen.others?.length) return undefined;
  const [only, another] = camerasAmong(connected).filter((device) => isEqual(device, seen));
  return another ? undefined : only;
}

type Selector = Exclude<DeviceName, { kind: 'path' | 'number' }>;

function choose(name: Selector, cameras: readonly ConnectedDevice[], seen: SeenDevice | undefined): ConnectedDevice {
  const candidates = cameras.filter((camera) => matches(name, camera));
  const [only, another] = candidates;
  if (!only) throw gone(name, cameras);
  const same = seen && atItsPort(candidates, seen, undefined);
  if (same || !another) return same ?? only;
  const choices = candidates.map(describe);
  throw new FramehubError(
    'CAPTURE_DEVICE_AMBIGUOUS',
    `${candidates.length} cameras match ${describeName(name)}: choose ${choices.join(' or ')}`,
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

/** Begins with a name that no other camera has. */
const describe = ({ busInfo, card }: ConnectedDevice): string => `port:${busInfo} (${card})`;

/**
 * Cameras without serial numbers, or all with the same, as cheap ones are: only their ports distinguish two of a model. One
 * that is plugged into another port can be recognised only by what is known about the others.
 */
type Identity = Pick<SeenDevice, 'port' | 'usb'>;
type Connected = Pick<ConnectedDevice, 'busInfo' | 'usb'>;

/** What is remembered of an open camera: with ports of identical ones, those connected now and those known before. */
export function seenAmong(camera: Identity, connected: readonly Connected[], before?: SeenDevice): SeenDevice {
  const known = before && isEqual(camera, before) ? (before.others ?? []) : [];
  return { ...camera, others: union(known, portsOfEquals(camera, connected)) };
}

/**
 * What is remembered of a camera that was looked for and is absent. Identical ones that are there when it is first missed
 * were there before; and if several appear at once, any may be it.
 */
export function missedAmong(seen: SeenDevice, connected: readonly Connected[]): SeenDevice {
  const others = seen.others ?? [];
  const ports = portsOfEquals(seen, connected);
  const newcomers = ports.filter((port) => !others.includes(port));
  const areKnown = !seen.missed || newcomers.length > 1;
  return { ...seen, missed: true, others: areKnown ? union(others, ports) : others };
}

/**
 * The camera at another port: the one identical camera that has appeared since it was missed. While another one is missing
 * too, it may be that.
 */
export function movedAmong(seen: SeenDevice, connected: readonly ConnectedDevice[]): ConnectedDevice | undefined {
  if (!seen.missed) return undefined;
  const others = seen.others ?? [];
  const ports = portsOfEquals(seen, connected);
  const [only, another] = ports.filter((port) => !others.includes(port));
  const areThere = others.every((port) => ports.includes(port));
  return another === undefined && areThere ? connected.find(({ busInfo }) => busInfo === only) : undefined;
}

/** Ports with cameras that are identical to this one, besides its own. */
function portsOfEquals(camera: Identity, connected: readonly Connected[]): readonly string[] {
  if (!camera.usb) return [];
  const equals = camerasAmong(connected).filter((device) => isEqual(device, camera));
  return equals.map(({ busInfo }) => busInfo).filter((port) => port !== '' && port !== camera.port);
}

const union = (a: readonly string[], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])];
