import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type FakeCamera, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { TestClient } from './client.fixture.js';
import { type Served, serve } from './house.fixture.js';

/** More than the kernel takes for who does not read. */
const LARGE = { data: new Uint8Array(16_000_000) };

/** A client that has stopped reading in the middle of a picture. */
async function behindAPicture(
  t: ExecutionContext,
  names = ['garage', 'printer'],
  stuckAfter = 60_000,
): Promise<Served & { client: TestClient }> {
  const served = await serve(t, { names, stuckAfter });
  const client = await TestClient.connect(t, served.url);
  await client.subscribe(1, served.garage.name, { credit: 16 });
  client.socket.pause();
  served.garage.publish(LARGE);
  return { ...served, client };
}

test('what is asked for is answered, however large the picture that is in the way', async (t) => {
  const { garage, client } = await behindAPicture(t);
  for (let re = 1; re <= 10; re++) client.say({ op: 'controls', re, camera: 'garage' });
  client.say({ op: 'change', re: 11, camera: 'garage', settings: { rotate: 45 } });
  client.say({ op: 'subscribe', id: 2, camera: 'printer' });
  client.say({ op: 'subscribe', id: 3, camera: 'attic' });
  client.say({ op: 'time', sent: 4 });
  client.say({ op: 'setControls', re: 12, camera: 'garage', values: { brightness: 7 } });
  await until(() => garage.asked.controls.length > 0);
  client.socket.resume();
  for (let re = 1; re <= 10; re++) t.like(await client.said('answer'), { re });
  t.like(await client.said('answer'), { re: 12 });
  t.like(await client.said('controls'), { changed: ['brightness'] });
  t.like(await client.said('subscribed'), { id: 2 });
  t.like(await client.said('time'), { sent: 4 });
  // Which comes first depends on how the messages came.
  const errors = [await client.said('error'), await client.said('error')];
  t.like(
    errors.find(({ id }) => id === 3),
    { code: 'CAMERA_UNKNOWN' },
  );
  t.like(
    errors.find(({ re }) => re === 11),
    { code: 'CAMERA_SETTING_INVALID' },
  );
  t.is((await client.picture()).sequence, 1);
});

test('news that finds no room is told later, the newest of each kind and camera', async (t) => {
  const { house, garage, client, sockets } = await behindAPicture(t);
  const printer = house.camera('printer');
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
  t.like((await client.said('status')).camera, { name: 'garage', restarts: 1 });
  t.like((await client.said('status')).camera, { name: 'garage', restarts: 1000 });
  t.like((await client.said('status')).camera, { name: 'printer', restarts: 2000 });
  const { changed, controls } = await client.said('controls');
  t.deepEqual(changed, ['brightness', 'offset']);
  t.like((controls as object[])[0], { name: 'brightness', value: 7 });
  t.like((await client.said('settings')).settings, { rotate: 180 });
  await client.settled();
  t.deepEqual(
    client.messages.filter(({ op }) => op !== 'beat'),
    [],
  );
});

test('a camera that leaves and comes back is told of as both, and what was known of it is not told again', async (t) => {
  const { house, garage, client } = await behindAPicture(t);
  fill(garage);
  garage.become({ restarts: 5 });
  house.set('printer');
  house.set('garage', 'printer');
  client.socket.resume();
  t.like(await client.said('ended'), { id: 1 });
  t.is(((await client.said('cameras')).cameras as unknown[]).length, 1);
  t.is(((await client.said('cameras')).cameras as unknown[]).length, 2);
  await client.settled();
  t.is(client.messages.filter(({ op }) => op === 'status').length, 1, 'the one that was sent before');
});

test('who asks on and on and reads no answer is closed, and bounded until then', async (t) => {
  const names = Array.from({ length: 100 }, (_, i) => `camera-with-a-long-name-${i}`);
  const { client, gateway, sockets } = await behindAPicture(t, names, 2000);
  const [socket] = sockets as [Socket];
  let most = 0;
  const gone = once(socket, 'close');
  for (let id = 2; id < 1000; id++) client.say({ op: 'subscribe', id, camera: 'attic' });
  await until(() => {
    most = Math.max(most, socket.writableLength);
    return socket.destroyed;
  });
  await gone;
  t.true(most > LARGE.data.length && most < LARGE.data.length + 1_200_000, `${most} bytes waited`);
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { stalled: 1 });
});

/** So much is told that news after it finds no room. */
function fill(camera: FakeCamera): void {
  camera.become({ restarts: 1, error: { code: 'CAPTURE_STALLED', message: 'x'.repeat(70_000), details: {} } });
}
