import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Groups of an IPv6 address, and how many of them are its network: one machine may use every address of a network. */
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * The normal form of an IP address: an IPv4-mapped one (`::ffff:192.0.2.1`) as IPv4, without a zone. Any other text is
 * returned unchanged, but for a zone.
 */
export function plainAddress(address: string): string {
  const [bare = ''] = address.split('%', 1);
  if (isIPv4(bare) || !isIPv6(bare)) return bare;
  const spelled = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(spelled)?.[1] ?? spelled;
}

/**
 * The key of a client for limits per client: an IPv4 address itself, or the /64 network of an IPv6 address.
 *
 * @param address of a socket, or from a trusted proxy; undefined after the connection has ended
 */
export function shareKey(address: string | undefined): string {
  const plain = plainAddress(address ?? '');
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, NETWORK_GROUPS).join(':')}::/64` : plain;
}

/** @param address in its normal form */
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

/** Bits of an address, by version. */
const BITS = { 4: 32, 6: 128 } as const;

/** Whether a text is an IP address, or a network such as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  return readRange(text) !== undefined;
}

/**
 * Makes a test whether an address is in any of these ranges.
 *
 * @param ranges addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. Invalid ones are ignored
 */
export function addressRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const text of ranges) {
    const range = readRange(text);
    if (range) list.addSubnet(range.address, range.bits, familyOf(range.address));
  }
  return (address = '') => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
  };
}

function readRange(text: string): { readonly address: string; readonly bits: number } | undefined {
  const [, given = '', length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(given);
  if (version !== 4 && version !== 6) return undefined;
  const maxBits = BITS[version];
  const bits = length === undefined ? maxBits : Number(length);
  if (bits > maxBits) return undefined;
  const address = plainAddress(given);
  // The prefix of an IPv4-mapped address counts all 128 bits.
  const mappedBits = version === 6 && !isIPv6(address) ? BITS[6] - BITS[4] : 0;
  return bits < mappedBits ? undefined : { address, bits: bits - mappedBits };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
