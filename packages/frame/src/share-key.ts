import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Groups of an IPv6 address that are its network: one machine has every address in it, more than can be counted. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * An address in its one spelling: an IPv4 address that IPv6 wraps (`::ffff:192.0.2.1`) as IPv4, without a zone.
 * What is no address is given back as it is.
 */
export function plainAddress(address: string): string {
  const [bare = ''] = address.split('%', 1);
  if (isIPv4(bare) || !isIPv6(bare)) return bare;
  const spelled = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(spelled)?.[1] ?? spelled;
}

/**
 * What an address counts as where something is shared between addresses: an IPv4 address as itself, an IPv6 address as
 * its /64 network.
 *
 * @param address of a socket, or as a trusted proxy gives it; absent when the connection has gone
 */
export function shareKey(address: string | undefined): string {
  const plain = plainAddress(address ?? '');
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, NETWORK_GROUPS).join(':')}::/64` : plain;
}

/** @param address in its one spelling */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter((group) => group !== '');
  if (tail === undefined) return before;
  // An IPv4 address at the end stands for two groups.
  const after = tail
    .replace(/[\d.]*\.[\d.]*$/, '0:0')
    .split(':')
    .filter((group) => group !== '');
  return [...before, ...Array.from({ length: GROUPS - before.length - after.length }, () => '0'), ...after];
}
