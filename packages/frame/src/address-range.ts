import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from './share-key.js';

/** Bits of an address by its version. */
const BITS = { 4: 32, 6: 128 } as const;

/** Whether a text is an IP address or a network such as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  return readRange(text) !== undefined;
}

/**
 * Tells which addresses belong to any of these.
 *
 * @param ranges addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. What is none is left out
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
  const most = BITS[version];
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return undefined;
  const address = plainAddress(given);
  // An IPv4 address that IPv6 wraps: its network is counted from the first of the 128 bits.
  const wrapped = version === 6 && !isIPv6(address) ? BITS[6] - BITS[4] : 0;
  return bits < wrapped ? undefined : { address, bits: bits - wrapped };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
