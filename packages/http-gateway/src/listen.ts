import { once } from 'node:events';
import type { Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { codeOf, FramehubError } from '@framehub/frame';

const UNSPECIFIED_HOSTS: readonly string[] = ['0.0.0.0', '::', '*'];

/** Whether a host means every address of this machine. */
function isUnspecified(host: string): boolean {
  return UNSPECIFIED_HOSTS.includes(host);
}

/**
 * Listens, and returns the port. A host that means all addresses includes IPv6 where the machine has it.
 *
 * @throws FramehubError `HTTP_PORT_IN_USE`, `HTTP_ADDRESS_UNAVAILABLE`, `HTTP_PORT_FORBIDDEN`
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    if (!isUnspecified(host)) await listenOn(server, host, port);
    else await listenOn(server, '::', port).catch((error) => retryWithoutIPv6(error, server, port));
  } catch (error) {
    throw explain(error, host, port);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function listenOn(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port });
  // `once` rejects on 'error'.
  await once(server, 'listening');
}

async function retryWithoutIPv6(error: unknown, server: Server, port: number): Promise<void> {
  if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'].includes(codeOf(error) ?? '')) throw error;
  await listenOn(server, '0.0.0.0', port);
}

function explain(error: unknown, host: string, port: number): unknown {
  const explained = (code: string, message: string) =>
    new FramehubError(code, message, { host, port }, { cause: error });
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return explained(
        'HTTP_PORT_IN_USE',
        `port ${port} is in use by another program: stop it, or choose another port`,
      );
    case 'EACCES':
      return explained(
        'HTTP_PORT_FORBIDDEN',
        `this user may not listen on port ${port}: choose one from 1024 to 65535`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return explained(
        'HTTP_ADDRESS_UNAVAILABLE',
        `this machine has no address ${host}: use one that it has, or 0.0.0.0 for all`,
      );
    default:
      return error;
  }
}

/** Addresses to open in a browser, the one for this machine first. */
export function reachableUrls(host: string, port: number): string[] {
  const hosts = isUnspecified(host) ? ['localhost', hostname(), ...networkAddresses()] : [host];
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
