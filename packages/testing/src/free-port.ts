import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of this machine that nobody has just now, for what has to know it before it listens, or comes back to it. Below
 * those that the kernel gives to clients, of which other tests leave thousands that are just closed.
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
