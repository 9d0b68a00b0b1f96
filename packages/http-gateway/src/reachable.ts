import { hostname, networkInterfaces } from 'node:os';
import { meansAll } from './listen.js';

/** Addresses that a person can open, the one for this machine first. */
export function reachableUrls(host: string, port: number): string[] {
  const hosts = meansAll(host) ? ['localhost', hostname(), ...networkAddresses()] : [host];
  return [...new Set(hosts)].map((name) => `http://${name.includes(':') ? `[${name}]` : name}:${port}/`);
}

/** Link-local IPv6 addresses need a zone that browsers do not take. */
function networkAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);
}
