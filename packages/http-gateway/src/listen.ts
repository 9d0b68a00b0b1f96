import { once } from 'node:events';
import type { Server } from 'node:http';
import { codeOf, FramehubError } from '@framehub/frame';

const ANY_HOSTS: readonly string[] = ['0.0.0.0', '::', '*'];

/** True for hosts that mean every address of this machine. */
export function meansAll(host: string): boolean {
  return ANY_HOSTS.includes(host);
}

/**
 * Listens, and returns the port. All addresses means IPv6 too, where the machine has it.
 *
 * @throws FramehubError `HTTP_PORT_IN_USE`, `HTTP_ADDRESS_UNAVAILABLE`, `HTTP_PORT_FORBIDDEN`
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    if (!meansAll(host)) await listenOn(server, host, port);
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
  const details = { host, port };
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new FramehubError(
        'HTTP_PORT_IN_USE',
        `port ${port} is in use by another program: stop it, or choose another port`,
        details,
        { cause: error },
      );
    case 'EACCES':
      return new FramehubError(
        'HTTP_PORT_FORBIDDEN',
        `port ${port} may not be used by this user: choose one from 1024 to 65535`,
        details,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new FramehubError(
        'HTTP_ADDRESS_UNAVAILABLE',
        `this machine has no address ${host}: use one that it has, or 0.0.0.0 for all`,
        details,
        { cause: error },
      );
    default:
      return error;
  }
}
