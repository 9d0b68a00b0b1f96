import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { FakeCamera } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { TestClient } from './client.fixture.js';
import { serve } from './gateway.fixture.js';

/** More than the kernel takes while the client does not read. */
const LARGE = { data: new Uint8Array(16_000_000) };
/** Milliseconds for one frame after which a link counts as slow, with a margin. */
const LONG = 80;

/** One frame takes long, and another waits behind it. Resolves when the kernel has taken all of the first. */
async function behindALargeFrame(t: ExecutionContext): Promise<{ garage: FakeCamera; client: TestClient }> {
  const { garage, sockets, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { credit: 16 });
  client.socket.pause();
  const begin = performance.now();
  garage.publish(LARGE);
  const taken = once(sockets[0] as Socket, 'drain');
  garage.publish();
  while (performance.now() - begin < LONG) await new Promise((resolve) => setImmediate(resolve));
  client.socket.resume();
  await taken;
  // The gateway learns of it in the same turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return { garage, client };
}

test('on a slow link the next frame is sent, not the one that waited', async (t) => {
  const { garage, client } = await behindALargeFrame(t);
  garage.publish();
  t.is((await client.frame()).sequence, 1);
  t.like(await client.frame(), { sequence: 3, dropped: 1 });
});

test('if no frame follows, the one that waited is sent', async (t) => {
  const { client } = await behindALargeFrame(t);
  t.is((await client.frame()).sequence, 1);
  t.like(await client.frame(), { sequence: 2, dropped: 0 });
});

test('a link that takes some bytes now and then is not stalled, however long a frame takes', async (t) => {
  // Far longer than this process is likely to be held up by others.
  const stallTimeoutMs = 2000;
  const { garage, sockets, gateway, url } = await serve(t, { stallTimeoutMs });
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  const [socket] = sockets as [Socket];
  client.socket.pause();
  // More than a kernel's largest buffers, and what is taken here in the meantime.
  const bytes = 96_000_000;
  garage.publish({ data: new Uint8Array(bytes) });
  const begin = performance.now();
  const ended = Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  await new Promise<void>((resolve) => {
    const sips = setInterval(() => {
      client.socket.resume();
      if (performance.now() - begin < 2 * stallTimeoutMs) return setImmediate(() => client.socket.pause());
      clearInterval(sips);
      resolve();
    }, 100);
    t.teardown(() => clearInterval(sips));
  });
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), {});
  t.true(socket.writableLength > 0, 'the link is slow');
  await ended;
  t.is((await client.frame()).jpeg.length, bytes);
});
