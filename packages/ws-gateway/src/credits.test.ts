import test from 'ava';
import { TestClient } from './client.fixture.js';
import { serve } from './house.fixture.js';

test('a picture comes with its subscription, sequence, time and size', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(7, 'garage');
  const capturedAt = 1_764_000_000_123.456;
  garage.publish({ data: new Uint8Array(70_000).fill(7), capturedAt });
  const { jpeg, ...picture } = await client.picture();
  t.like(picture, { flags: 0, id: 7, sequence: 1, width: 64, height: 48, dropped: 0 });
  t.true(Math.abs(picture.capturedAt - capturedAt) < 0.001);
  t.deepEqual(jpeg, Buffer.alloc(70_000, 7));
});

for (const bytes of [10, 93, 94, 65_503, 65_504, 300_000]) {
  test(`a JPEG of ${bytes} bytes arrives whole: the length of a message is written in three ways`, async (t) => {
    const { garage, url } = await serve(t);
    const client = await TestClient.connect(t, url);
    await client.subscribe(1, 'garage');
    garage.publish({ data: new Uint8Array(bytes) });
    t.is((await client.picture()).jpeg.length, bytes);
  });
}

test('credits are obeyed to the frame, and the newest waits', async (t) => {
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
    client.pictures.map(({ sequence }) => sequence),
    [1, 2],
  );
  client.say({ op: 'credit', id: 1, n: 1 });
  await client.settled();
  t.like(client.pictures[2], { sequence: 5, dropped: 2 });
  t.is(client.pictures.length, 3);
  garage.publish();
  await client.settled();
  t.is(client.pictures.length, 3, 'the credit is used up');
});

test('credits do not pile up', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { credit: 0 });
  for (let i = 0; i < 10; i++) client.say({ op: 'credit', id: 1, n: 16 });
  await client.settled();
  for (let i = 0; i < 20; i++) {
    garage.publish();
    await client.settled();
  }
  t.is(client.pictures.length, 16);
});

test('a credit for a subscription that is over is no fault', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  client.say({ op: 'unsubscribe', id: 1 });
  client.say({ op: 'credit', id: 1, n: 1 });
  await client.settled();
  garage.publish();
  await client.settled();
  t.false(client.messages.some(({ op }) => op === 'error'));
  t.deepEqual(client.pictures, []);
});

test('eight cameras on one socket, each at its own pace', async (t) => {
  const names = Array.from({ length: 8 }, (_, i) => `camera${i}`);
  const { house, url } = await serve(t, { names });
  const client = await TestClient.connect(t, url);
  for (const [id, name] of names.entries()) await client.subscribe(id, name, { credit: 1 });
  // The odd ones give their credit back, the even ones do not.
  for (let round = 0; round < 3; round++) {
    for (const name of names) house.camera(name).publish({ data: new Uint8Array(50_000) });
    await client.seen(8 + 4 * round);
    for (let id = 1; id < 8; id += 2) client.say({ op: 'credit', id, n: 1 });
    await client.settled();
  }
  const counts = names.map((_, id) => client.pictures.filter((picture) => picture.id === id).length);
  t.deepEqual(counts, [1, 3, 1, 3, 1, 3, 1, 3]);
});

test('who comes while others watch gets the newest picture at once', async (t) => {
  const { garage, url } = await serve(t);
  const first = await TestClient.connect(t, url);
  await first.subscribe(1, 'garage');
  garage.publish();
  const second = await TestClient.connect(t, url);
  await second.subscribe(1, 'garage');
  t.is((await second.picture()).sequence, 1);
});

test('equal wishes share a topic; each may have a rate of its own', async (t) => {
  const { house, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage', { width: 320, rotate: 90 });
  await client.subscribe(2, 'garage', { width: 320, rotate: 90, maxFps: 5 });
  await client.subscribe(3, 'garage');
  t.deepEqual(
    house.broker.topics().map(({ name, subscribers }) => [name, subscribers]),
    [
      ['garage/jpeg?rotate=90&width=320', 2],
      ['garage/jpeg', 1],
    ],
  );
});

test('a card is marked as one', async (t) => {
  const { garage, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  garage.publish({ placeholder: 'CAMERA UNPLUGGED' });
  t.is((await client.picture()).flags, 1);
});
