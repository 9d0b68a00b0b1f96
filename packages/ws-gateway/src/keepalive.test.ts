import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { SocketProgress } from './keepalive.js';

/** Two ends of a connection; the far one does not read yet. */
async function connection(t: ExecutionContext): Promise<{ near: Socket; far: Socket }> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const far = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
  far.pause();
  const [near] = (await once(server, 'connection')) as [Socket];
  t.teardown(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

test('a socket that takes some bytes is not stalled, and one that takes none is', async (t) => {
  const { near, far } = await connection(t);
  const progress = new SocketProgress(near);
  t.false(progress.check());
  // More than the kernel takes while the client does not read.
  near.write(Buffer.alloc(64_000_000));
  const stalls = (): Promise<void> =>
    until('the socket stalls', () => !progress.check() && progress.stalledChecks === 20);
  await stalls();
  far.on('readable', () => far.read(1_000_000));
  await until('the socket takes bytes', () => progress.check());
  t.is(progress.stalledChecks, 0);
  far.removeAllListeners('readable').pause();
  await stalls();
  far.resume();
  await once(near, 'drain');
  t.true(progress.check());
  t.false(progress.check(), 'no bytes are unsent');
  t.is(progress.stalledChecks, 0);
});
