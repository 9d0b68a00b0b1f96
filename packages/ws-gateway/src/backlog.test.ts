import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { Backlog } from './backlog.js';

/** Two ends of a connection, of which the far one does not read yet. */
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

test('what moves a little is not stuck, and what does not move is', async (t) => {
  const { near, far } = await connection(t);
  const backlog = new Backlog(near);
  t.false(backlog.look());
  // More than the kernel takes for who does not read.
  near.write(Buffer.alloc(64_000_000));
  const stands = (): Promise<void> => until(() => !backlog.look() && backlog.idle === 20);
  await stands();
  far.on('readable', () => far.read(1_000_000));
  await until(() => backlog.look());
  t.is(backlog.idle, 0);
  far.removeAllListeners('readable').pause();
  await stands();
  far.resume();
  await once(near, 'drain');
  t.true(backlog.look());
  t.false(backlog.look(), 'nothing waits any more');
  t.is(backlog.idle, 0);
});
