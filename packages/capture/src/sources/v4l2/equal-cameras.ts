/**
 * Cameras without serial numbers, or all with the same, as the cheapest are: nothing tells two of a kind apart but their
 * ports. One that is plugged in elsewhere can be known again only by what is known of the others.
 */
import type { SeenDevice } from '../../messages.js';
import { type ConnectedDevice, camerasAmong, isEqual } from './connected-device.js';

type Identity = Pick<SeenDevice, 'port' | 'usb'>;
type Connected = Pick<ConnectedDevice, 'busInfo' | 'usb'>;

/** A camera that is open now, with the ports of its equals: those that are connected, and those that were known before. */
export function seenAmong(camera: Identity, connected: readonly Connected[], before?: SeenDevice): SeenDevice {
  const known = before && isEqual(camera, before) ? (before.others ?? []) : [];
  return { ...camera, others: union(known, elsewhere(camera, connected)) };
}

/**
 * A camera that was looked for and is not there. Equals that are there already when it is first missed were so before;
 * and of several that come at once, any may be it.
 */
export function missedAmong(seen: SeenDevice, connected: readonly Connected[]): SeenDevice {
  const others = seen.others ?? [];
  const ports = elsewhere(seen, connected);
  const newcomers = ports.filter((port) => !others.includes(port));
  const areKnown = !seen.missed || newcomers.length > 1;
  return { ...seen, missed: true, others: areKnown ? union(others, ports) : others };
}

/**
 * The camera at another port: the one equal that has come since it was missed. While another one is missing, too, it
 * may be that.
 */
export function movedAmong(seen: SeenDevice, connected: readonly ConnectedDevice[]): ConnectedDevice | undefined {
  if (!seen.missed) return undefined;
  const others = seen.others ?? [];
  const ports = elsewhere(seen, connected);
  const [only, another] = ports.filter((port) => !others.includes(port));
  const areThere = others.every((port) => ports.includes(port));
  return another === undefined && areThere ? connected.find(({ busInfo }) => busInfo === only) : undefined;
}

/** Ports with equals of a camera, besides its own. */
function elsewhere(camera: Identity, connected: readonly Connected[]): readonly string[] {
  if (!camera.usb) return [];
  const equals = camerasAmong(connected).filter((device) => isEqual(device, camera));
  return equals.map(({ busInfo }) => busInfo).filter((port) => port !== '' && port !== camera.port);
}

const union = (a: readonly string[], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])];
