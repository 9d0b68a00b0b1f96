import { JPEGS, play, until } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { openStream, RawClient } from './raw-client.fixture.js';

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

test('a snapshot wakes the camera, gets its first frame, and ends the demand', async (t) => {
  const { garage, url } = await serve(t);
  garage.onDemand = () => setImmediate(() => garage.publish({ data: JPEGS[1] }));
  const answer = await fetch(`${url}/snapshot`);
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-type'), 'image/jpeg');
  t.is(answer.headers.get('content-length'), String(JPEGS[1].length));
  t.is(answer.headers.get('cache-control'), 'no-store');
  t.deepEqual(await bytesOf(answer), Buffer.from(JPEGS[1]));
  t.is(garage.sinks.size, 0);
});

test('a camera that delivers at once leaves no subscription behind', async (t) => {
  const { garage, hub, url } = await serve(t);
  garage.onDemand = () => queueMicrotask(() => garage.publish());
  t.is((await fetch(`${url}/snapshot`)).status, 200);
  t.deepEqual(hub.broker.topics(), []);
});

test('the latest frame of a running stream is the answer if it is recent enough', async (t) => {
  const { garage, port, url } = await serve(t);
  await openStream(t, port);
  const { capturedAt } = garage.publish({ data: JPEGS[1], capturedAt: Date.now() - 30_000 });
  const answer = await fetch(`${url}/snapshot?max_age=60000`);
  t.is(answer.headers.get('x-timestamp'), (capturedAt / 1000).toFixed(6));
});

test('a camera with one frame in some seconds has snapshots, too', async (t) => {
  const { garage, hub, url, port } = await serve(t, { snapshotTimeout: 1 });
  garage.changes = { fps: { nominal: 0.5, measured: 0.5 } };
  const pending = fetch(`${url}/snapshot`);
  await until(() => hub.broker.topics().length === 1);
  setTimeout(() => garage.publish(), 20);
  t.is((await pending).status, 200, 'waited for beyond the usual time');
  const viewer = await openStream(t, port);
  const { capturedAt } = garage.publish({ data: JPEGS[1], capturedAt: Date.now() - 1000 });
  await viewer.parts(1);
  const answer = await fetch(`${url}/snapshot`);
  t.is(answer.headers.get('x-timestamp'), (capturedAt / 1000).toFixed(6), 'no newer one can be had');
});

test('max_age=0 asks for a frame taken after the request', async (t) => {
  const { garage, hub, port, url } = await serve(t);
  await openStream(t, port);
  const old = garage.publish({ data: JPEGS[0], capturedAt: Date.now() - 1 });
  const pending = fetch(`${url}/snapshot?max_age=0`);
  await until(() => hub.broker.topics()[0]?.subscribers === 2);
  // One that was on its way when the request came does not count.
  garage.publish({ data: JPEGS[0], capturedAt: old.capturedAt + 0.5 });
  const next = garage.publish({ data: JPEGS[1], capturedAt: Date.now() + 1 });
  const answer = await pending;
  t.is(answer.headers.get('x-timestamp'), (next.capturedAt / 1000).toFixed(6));
  t.deepEqual(await bytesOf(answer), Buffer.from(JPEGS[1]));
});

test('no frame in time is answered with 503 and the state of the camera', async (t) => {
  const { garage, hub, url } = await serve(t);
  garage.changes = { state: 'retrying', error: { code: 'CAPTURE_STALLED', message: 'no frame for 5 s', details: {} } };
  const answer = await fetch(`${url}/snapshot?timeout=20`);
  t.is(answer.status, 503);
  t.is(answer.headers.get('retry-after'), '2');
  t.deepEqual(await answer.json(), {
    error: {
      code: 'HTTP_NO_FRAME',
      message: 'garage delivered no frame within 20 ms; it is retrying: no frame for 5 s',
    },
    camera: {
      name: 'garage',
      state: 'retrying',
      error: { code: 'CAPTURE_STALLED', message: 'no frame for 5 s', details: {} },
      placeholder: null,
    },
  });
  t.deepEqual(hub.broker.topics(), []);
});

test('a frame has an ETag, and a client that has it gets no second copy', async (t) => {
  const { garage, port, url } = await serve(t);
  await openStream(t, port);
  garage.publish();
  const first = await fetch(`${url}/snapshot?max_age=60000`);
  const tag = first.headers.get('etag') ?? '';
  t.regex(tag, /^"garage-/);
  const again = await fetch(`${url}/snapshot?max_age=60000`, { headers: { 'If-None-Match': `"other", W/${tag}` } });
  t.is(again.status, 304);
  t.is(again.headers.get('etag'), tag);
  garage.publish();
  const newer = await fetch(`${url}/snapshot?max_age=60000`, { headers: { 'If-None-Match': tag } });
  t.is(newer.status, 200);
  t.not(newer.headers.get('etag'), tag);
});

test('HEAD gets all headers without the frame', async (t) => {
  const { garage, url } = await serve(t);
  garage.onDemand = () => setImmediate(() => garage.publish());
  const answer = await fetch(`${url}/snapshot`, { method: 'HEAD' });
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-length'), String(JPEGS[0].length));
  t.is((await bytesOf(answer)).length, 0);
});

test('a snapshot can have any rendition', async (t) => {
  const { garage, url } = await serve(t);
  const asked: string[] = [];
  garage.onDemand = (topic) => {
    asked.push(topic);
    setImmediate(() => garage.publish());
  };
  await fetch(`${url}/snapshot.jpg?rotate=90&quality=50`);
  t.deepEqual(asked, ['garage/jpeg?rotate=90&quality=50']);
});

test('a client that disconnects ends its waiting', async (t) => {
  const { garage, hub, port } = await serve(t);
  const client = new RawClient(t, port);
  client.get('/snapshot?timeout=30000');
  await until(() => garage.sinks.size === 1);
  client.socket.destroy();
  await until(() => hub.broker.topics().length === 0);
  t.is(garage.sinks.size, 0);
});

test('waiting clients count as viewers, and closing the gateway ends their waiting', async (t) => {
  const { garage, gateway, url } = await serve(t, { maxViewers: 1 });
  const waiting = fetch(`${url}/snapshot?timeout=30000`);
  await until(() => garage.sinks.size === 1);
  t.like(await (await fetch(`${url}/stream`)).json(), { error: { code: 'HTTP_TOO_MANY_VIEWERS' } });
  const closed = gateway.close();
  t.like(await (await waiting).json(), { error: { code: 'HTTP_CLOSING' } });
  await closed;
});

test('many snapshots at once are all answered', async (t) => {
  const { garage, url } = await serve(t);
  play(t, garage);
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => fetch(`${url}/snapshot&cacheBust=${i}`)));
  t.true(answers.every((answer) => answer.status === 200));
});
