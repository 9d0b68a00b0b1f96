import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Endings that no public name has: RFC 6761, 6762, 8375, ICANN's `.internal`, and what routers give out. */
const LOCAL = ['.localhost', '.local', '.lan', '.home.arpa', '.internal'];

/**
 * Guards against DNS rebinding: a foreign page whose name is made to mean this machine is, to its browser, a page of ours,
 * and may change settings. What it cannot do is send another name than its own: public names count as foreign unless they
 * are listed. Addresses, and names that nobody can own in public, do not.
 *
 * @param host the header of that name. Without one no browser has sent the request
 * @param listed further names in lower case; `.example.com` is that one and all below it
 */
export function isOwnName(host: string | undefined, listed: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = nameOf(host);
  return isLocal(name) || listed.some((known) => covers(known, name));
}

/** Without the port, the brackets of IPv6, and the dot at the end that changes nothing. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isLocal(name: string): boolean {
  return (
    isIP(name) !== 0 ||
    !name.includes('.') ||
    name === hostname().toLowerCase() ||
    LOCAL.some((end) => name.endsWith(end))
  );
}

function covers(known: string, name: string): boolean {
  return known.startsWith('.') ? `.${name}`.endsWith(known) : name === known;
}
