import test from 'ava';
import { TestClient } from './client.fixture.js';
import { serve } from './gateway.fixture.js';

test('a frame has its subscription, sequence, capture time and size', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(7, 'garage');
  const capturedAt = 1_764_000_000_123.456;
  garage.publish({ data: new Uint8Array(70_000).fill(7), capturedAt });
  const { jpeg, ...header } = await client.frame();
  t.like(header, { flags: 0, id: 7, sequence: 1, width: 64, height: 48, dropped: 0 });
  t.true(Math.abs(header.capturedAt - capturedAt) < 0.001);
  t.deepEqual(jpeg, Buffer.alloc(70_000, 7));
});

for (const bytes of [10, 93, 94, 65_503, 65_504, 300_000]) {
  test(`a JPEG of ${bytes} bytes arrives complete, with each form of the message length`, async (t) => {
    const { garage, url } = await serve(t);
    const client = await TestClient.connect(t, url);
    await client.subscribe(1, 'garage');
    garage.publish({ data: new Uint8Array(bytes) });
    t.is((await client.frame()).jpeg.length, bytes);
  });
}

test('as many frames are sent as there are credits, and the newest waits for the next credit', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { credit: 2 });
  for (let i = 0; i < 3; i++) {
    garage.publish();
    await client.settled();
  }
  garage.publish();
  garage.publish();
  await client.settled();
  t.deepEqual(
    client.frames.map(({ sequence }) => sequence),
    [1, 2],
  );
  client.send({ op: 'credit', id: 1, count: 1 });
  await client.settled();
  t.like(client.frames[2], { sequence: 5, dropped: 2 });
  t.is(client.frames.length, 3);
  garage.publish();
  await client.settled();
  t.is(client.frames.length, 3, 'there is no credit left');
});

test('credits are limited to 16', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { credit: 0 });
  for (let i = 0; i < 10; i++) client.send({ op: 'credit', id: 1, count: 16 });
  await client.settled();
  for (let i = 0; i < 20; i++) {
    garage.publish();
    await client.settled();
  }
  t.is(client.frames.length, 16);
});

test('a credit for an ended subscription is ignored', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  client.send({ op: 'unsubscribe', id: 1 });
  client.send({ op: 'credit', id: 1, count: 1 });
  await client.settled();
  garage.publish();
  await client.settled();
  t.false(client.messages.some(({ op }) => op === 'error'));
  t.deepEqual(client.frames, []);
});

test('eight cameras on one socket, each at its own pace', async (t) => {
  const names = Array.from({ length: 8 }, (_, i) => `camera${i}`);
  const { hub, url } = await serve(t, { names });
  const client = await TestClient.connect(t, url);
  for (const [id, name] of names.entries()) await client.subscribe(id, name, { credit: 1 });
  // Subscriptions with an odd id return their credit, the others do not.
  for (let round = 0; round < 3; round++) {
    for (const name of names) hub.camera(name).publish({ data: new Uint8Array(50_000) });
    await client.seen(8 + 4 * round);
    for (let id = 1; id < 8; id += 2) client.send({ op: 'credit', id, count: 1 });
    await client.settled();
  }
  const counts = names.map((_, id) => client.frames.filter((frame) => frame.id === id).length);
  t.deepEqual(counts, [1, 3, 1, 3, 1, 3, 1, 3]);
});

test('a new viewer gets the latest frame at once where other clients watch', async (t) => {
  const { garage, url } = await serve(t);
  const first = await TestClient.connect(t, url);
  await first.subscribe(1, 'garage');
  garage.publish();
  const second = await TestClient.connect(t, url);
  await second.subscribe(1, 'garage');
  t.is((await second.frame()).sequence, 1);
});

test('equal renditions share a topic, each with its own frame rate', async (t) => {
  const { hub, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { width: 320, rotate: 90 });
  await client.subscribe(2, 'garage', { width: 320, rotate: 90, fps: 5 });
  await client.subscribe(3, 'garage');
  t.deepEqual(
    hub.broker.topics().map(({ name, subscribers }) => [name, subscribers]),
    [
      ['garage/jpeg?rotate=90&width=320', 2],
      ['garage/jpeg', 1],
    ],
  );
});

test('a placeholder has its flag set', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  garage.publish({ placeholder: 'CAMERA UNPLUGGED' });
  t.is((await client.frame()).flags, 1);
});
