import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type FakeCamera, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { TestClient } from './client.fixture.js';
import { type Served, serve } from './gateway.fixture.js';

/** More than the kernel takes while the client does not read. */
const LARGE = { data: new Uint8Array(16_000_000) };

/** A client that stopped reading in the middle of a frame. */
async function behindAFrame(
  t: ExecutionContext,
  names = ['garage', 'printer'],
  stallTimeoutMs = 60_000,
): Promise<Served & { client: TestClient }> {
  const served = await serve(t, { names, stallTimeoutMs });
  const client = await TestClient.connect(t, served.url);
  await client.subscribe(1, served.garage.name, { credit: 16 });
  client.socket.pause();
  served.garage.publish(LARGE);
  return { ...served, client };
}

test('requests are answered behind a frame of any size that waits for the socket', async (t) => {
  const { garage, client } = await behindAFrame(t);
  for (let requestId = 1; requestId <= 10; requestId++) client.send({ op: 'getControls', requestId, camera: 'garage' });
  client.send({ op: 'setSettings', requestId: 11, camera: 'garage', settings: { rotate: 45 } });
  client.send({ op: 'subscribe', id: 2, camera: 'printer' });
  client.send({ op: 'subscribe', id: 3, camera: 'attic' });
  client.send({ op: 'time', sent: 4 });
  client.send({ op: 'setControls', requestId: 12, camera: 'garage', values: { brightness: 7 } });
  await until('the controls were requested', () => garage.asked.controls.length > 0);
  client.socket.resume();
  for (let requestId = 1; requestId <= 10; requestId++) t.like(await client.receive('response'), { requestId });
  t.like(await client.receive('response'), { requestId: 12 });
  t.like(await client.receive('controls'), { changed: ['brightness'] });
  t.like(await client.receive('subscribed'), { id: 2 });
  t.like(await client.receive('time'), { sent: 4 });
  // Their order depends on how the messages arrived.
  const errors = [await client.receive('error'), await client.receive('error')];
  t.like(
    errors.find(({ id }) => id === 3),
    { code: 'CAMERA_UNKNOWN' },
  );
  t.like(
    errors.find(({ requestId }) => requestId === 11),
    { code: 'CAMERA_SETTING_INVALID' },
  );
  t.is((await client.frame()).sequence, 1);
});

test('updates that find no room are sent later, the newest of each kind and camera', async (t) => {
  const { hub, garage, client, sockets } = await behindAFrame(t);
  const printer = hub.camera('printer');
  fill(garage);
  for (let restarts = 1; restarts <= 1000; restarts++) {
    garage.become({ restarts });
    printer.become({ restarts: 2 * restarts });
  }
  await garage.setControls({ brightness: 7 });
  await garage.setControls({ offset: 8 });
  await garage.change({ rotate: 90 });
  await garage.change({ rotate: 180 });
  t.true((sockets[0] as Socket).writableLength < LARGE.data.length + 200_000);
  client.socket.resume();
  t.like((await client.receive('status')).camera, { name: 'garage', restarts: 1 });
  t.like((await client.receive('status')).camera, { name: 'garage', restarts: 1000 });
  t.like((await client.receive('status')).camera, { name: 'printer', restarts: 2000 });
  const { changed, controls } = await client.receive('controls');
  t.deepEqual(changed, ['brightness', 'offset']);
  t.like((controls as object[])[0], { name: 'brightness', value: 7 });
  t.like((await client.receive('settings')).settings, { rotate: 180 });
  await client.settled();
  t.deepEqual(
    client.messages.filter(({ op }) => op !== 'stats'),
    [],
  );
});

test('removing and adding a camera is sent as two lists, and its older status is discarded', async (t) => {
  const { hub, garage, client } = await behindAFrame(t);
  fill(garage);
  garage.become({ restarts: 5 });
  hub.set('printer');
  hub.set('garage', 'printer');
  client.socket.resume();
  t.like(await client.receive('ended'), { id: 1 });
  t.is(((await client.receive('cameras')).cameras as unknown[]).length, 1);
  t.is(((await client.receive('cameras')).cameras as unknown[]).length, 2);
  await client.settled();
  t.is(client.messages.filter(({ op }) => op === 'status').length, 1, 'the one that was sent before');
});

test('a client that keeps asking and reads no answer is closed, with bounded memory until then', async (t) => {
  const names = Array.from({ length: 100 }, (_, i) => `camera-with-a-long-name-${i}`);
  const { client, gateway, sockets } = await behindAFrame(t, names, 2000);
  const [socket] = sockets as [Socket];
  let most = 0;
  const gone = once(socket, 'close');
  for (let id = 2; id < 1000; id++) client.send({ op: 'subscribe', id, camera: 'attic' });
  await until('the client was closed', () => {
    most = Math.max(most, socket.writableLength);
    return socket.destroyed;
  });
  await gone;
  t.true(most > LARGE.data.length && most < LARGE.data.length + 1_200_000, `${most} bytes waited`);
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { stalled: 1 });
});

/** Sends so much that updates after it find no room. */
function fill(camera: FakeCamera): void {
  camera.become({ restarts: 1, error: { code: 'CAPTURE_STALLED', message: 'x'.repeat(70_000), details: {} } });
}
