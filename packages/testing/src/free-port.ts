import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A TCP port of this machine that is not in use, for a server that needs to know its port before it listens. Below the
 * range that the kernel gives to clients, of which other tests leave thousands that were just closed.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
