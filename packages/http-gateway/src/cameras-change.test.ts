import { JPEGS, jpeg, play, until } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { openStream } from './raw-client.fixture.js';

test('the streams of a removed camera end with a whole frame, and other streams go on', async (t) => {
  const { hub, garage, port, gateway } = await serve(t, { repeatAfter: 600_000 });
  const printer = hub.camera('printer');
  const leaving = await Promise.all([openStream(t, port), openStream(t, port, '/stream?width=640')]);
  const staying = await openStream(t, port, '/stream/printer');
  // More than the kernel takes at once.
  const heavy = jpeg(8_000_000);
  garage.publish({ data: heavy });
  hub.set('printer');
  await Promise.all(leaving.map((client) => client.untilClosed()));
  for (const client of leaving) {
    const parts = await client.parts(1);
    t.deepEqual(
      parts.map(({ data }) => data.length),
      [heavy.length],
    );
  }
  t.is(garage.sinks.size, 0);
  t.is(gateway.stats().viewers, 1);
  printer.publish({ data: JPEGS[0] });
  t.is((await staying.parts(1)).length, 1);
});

test('a viewer that reads nothing cannot keep the stream of a removed camera open', async (t) => {
  const { hub, garage, port, gateway } = await serve(t, { stallTimeout: 200 });
  const client = await openStream(t, port);
  client.socket.pause();
  garage.publish({ data: jpeg(8_000_000) });
  hub.set('printer');
  t.is(gateway.stats().viewers, 0);
  await until(() => gateway.stats().stalled === 1);
});

test('a snapshot that waits for a camera is answered with 404 when the camera is removed', async (t) => {
  t.timeout(20_000);
  const { hub, garage, url } = await serve(t);
  const waiting = fetch(`${url}/snapshot/garage?timeout=30000`);
  const still = fetch(`${url}/snapshot/garage?size=max`);
  await until(() => garage.sinks.size === 1 && garage.stills.length === 1);
  hub.set('printer');
  for (const answer of await Promise.all([waiting, still])) {
    t.is(answer.status, 404);
    t.deepEqual(await answer.json(), {
      error: { code: 'CAMERA_UNKNOWN', message: 'there is no camera garage: the cameras are printer' },
      cameras: ['printer'],
    });
  }
  t.deepEqual(hub.broker.topics(), []);
  t.is(hub.watchers, 1);
});

test('new cameras are available at once, and numbers follow the new order', async (t) => {
  const { hub, url } = await serve(t);
  hub.set('attic', 'printer', 'garage');
  const { cameras } = (await (await fetch(`${url}/api/cameras`)).json()) as { cameras: { name: string }[] };
  t.deepEqual(
    cameras.map(({ name }) => name),
    ['attic', 'printer', 'garage'],
  );
  play(t, hub.camera('attic'));
  t.is((await fetch(`${url}/snapshot`)).status, 200);
  t.is((await fetch(`${url}/snapshot/attic`)).status, 200);
  const numbered = (await (await fetch(`${url}/api/cameras/2`)).json()) as { name: string };
  t.is(numbered.name, 'garage');
});

test('a stream goes on when the number of its camera changes', async (t) => {
  const { hub, garage, port } = await serve(t, { repeatAfter: 600_000 });
  const client = await openStream(t, port, '/stream/0');
  hub.set('attic', 'garage');
  garage.publish();
  t.is((await client.parts(1)).length, 1);
});
