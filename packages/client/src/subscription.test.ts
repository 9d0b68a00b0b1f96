import test from 'ava';
import { camera, clientOf, FakeServer } from './fake-server.fixture.js';
import { type Frame, FramehubClientError, type FrameSubscription } from './index.js';

test('a loop returns a credit when it asks for the next frame', async (t) => {
  const server = await FakeServer.start(t);
  const client = clientOf(t, server.url);
  const subscription = client.subscribe('garage', { fps: 10, width: 320, credit: 1 });
  const peer = await server.peer();
  t.deepEqual(await peer.receive('subscribe'), {
    op: 'subscribe',
    id: 1,
    camera: 'garage',
    credit: 1,
    fps: 10,
    width: 320,
  });
  peer.sendFrame(1, 5, { dropped: 2 });
  const seen: Frame[] = [];
  for await (const frame of subscription) {
    seen.push(frame);
    if (seen.length === 1)
      t.is(peer.received.filter(({ op }) => op === 'credit').length, 0, 'not before the frame was used');
    if (seen.length === 2) break;
    void peer.receive('credit').then(() => peer.sendFrame(1, 6));
  }
  t.like(seen[0], { camera: 'garage', sequence: 5, width: 640, height: 480, dropped: 2, placeholder: false });
  t.deepEqual([...(seen[0]?.jpeg ?? [])], [1, 2, 3]);
  t.true(Math.abs(seen[0]?.age ?? Number.NaN) < 60_000);
  t.like(await peer.receive('unsubscribe'), { id: 1 });
  t.like(subscription.statistics(), { frames: 2, dropped: 2 });
});

test('a slow loop gets the newest frame, and the credits of the others are returned', async (t) => {
  const server = await FakeServer.start(t);
  const subscription = clientOf(t, server.url).subscribe('garage');
  const peer = await server.peer();
  await peer.receive('subscribe');
  const frames = subscription[Symbol.asyncIterator]();
  const first = frames.next();
  peer.sendFrame(1, 1);
  t.is((await first).value?.sequence, 1);
  peer.sendFrame(1, 2);
  peer.sendFrame(1, 3);
  await peer.receive('credit');
  t.is((await frames.next()).value?.sequence, 3);
});

test('a loop that begins late gets the newest frame, and continues', async (t) => {
  const server = await FakeServer.start(t);
  const subscription = clientOf(t, server.url).subscribe('garage', { credit: 2 });
  const peer = await server.peer();
  await peer.receive('subscribe');
  for (let sequence = 1; sequence <= 5; sequence++) peer.sendFrame(1, sequence);
  for (let replaced = 1; replaced <= 4; replaced++) t.like(await peer.receive('credit'), { id: 1, count: 1 });
  t.like(subscription.statistics(), { frames: 5 });
  const seen: number[] = [];
  for await (const { sequence } of subscription) {
    seen.push(sequence);
    if (seen.length === 2) break;
    void peer.receive('credit').then(() => peer.sendFrame(1, 6));
  }
  t.deepEqual(seen, [5, 6]);
});

test('a listener returns the credit by done', async (t) => {
  const server = await FakeServer.start(t);
  const subscription = clientOf(t, server.url).subscribe('garage');
  const peer = await server.peer();
  await peer.receive('subscribe');
  peer.sendFrame(1, 1, { flags: 1 });
  const frame = await new Promise<Frame>((resolve) => subscription.on('frame', resolve));
  t.true(frame.placeholder);
  t.is(subscription.statistics().frames, 0, 'a placeholder does not count as a frame');
  subscription.done(frame);
  t.deepEqual(await peer.receive('credit'), { op: 'credit', id: 1, count: 1 });
});

test('a listener that is added late gets the newest frame, once', async (t) => {
  const server = await FakeServer.start(t);
  const subscription = clientOf(t, server.url).subscribe('garage', { credit: 2 });
  const peer = await server.peer();
  await peer.receive('subscribe');
  peer.sendFrame(1, 1);
  peer.sendFrame(1, 2);
  await peer.receive('credit');
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    const listener = subscription.on('frame', ({ sequence }) => {
      seen.push(sequence);
      if (sequence === 2) peer.sendFrame(1, 3);
      else resolve(listener.close());
    });
  });
  t.deepEqual(seen, [2, 3]);
});

const refused = (code: string) => ({ op: 'error', id: 1, code, message: 'fps must be a number' }) as const;

test('an error of the server is an event, and a loop throws it, however late it begins', async (t) => {
  const server = await FakeServer.start(t);
  const subscription = clientOf(t, server.url).subscribe('garage', { fps: Number.NaN });
  const peer = await server.peer();
  await peer.receive('subscribe');
  const event = new Promise<FramehubClientError>((resolve) => subscription.on('error', resolve));
  peer.send(refused('WS_BAD_MESSAGE'));
  const error = await event;
  t.true(error instanceof FramehubClientError);
  t.like(error, { code: 'WS_BAD_MESSAGE', message: 'fps must be a number' });
  await t.throwsAsync(next(subscription), { is: error });
  t.true(subscription.closed);
  await peer.receive('unsubscribe');
});

test('a waiting loop throws the error of the server', async (t) => {
  const server = await FakeServer.start(t);
  const frame = next(clientOf(t, server.url).subscribe('garage'));
  const peer = await server.peer();
  await peer.receive('subscribe');
  peer.send(refused('RENDITION_INVALID'));
  await t.throwsAsync(frame, { instanceOf: FramehubClientError, code: 'RENDITION_INVALID' });
});

test('a loop over an unknown camera waits until it is added', async (t) => {
  const server = await FakeServer.start(t, []);
  const frame = next(clientOf(t, server.url).subscribe('garage'));
  const peer = await server.peer();
  await peer.receive('subscribe');
  peer.send(refused('CAMERA_UNKNOWN'));
  peer.send({ op: 'cameras', cameras: [camera('garage')] });
  await peer.receive('subscribe');
  peer.send(refused('WS_SUBSCRIPTION_EXISTS'));
  peer.sendFrame(1, 3);
  t.is((await frame)?.sequence, 3);
});

test('a signal, or the end of a using block, closes a subscription and its loop', async (t) => {
  const server = await FakeServer.start(t);
  const client = clientOf(t, server.url);
  const controller = new AbortController();
  const aborted = client.subscribe('garage', { signal: controller.signal, width: 64 });
  const peer = await server.peer();
  t.deepEqual(await peer.receive('subscribe'), { op: 'subscribe', id: 1, camera: 'garage', credit: 2, width: 64 });
  const loop = next(aborted);
  controller.abort();
  t.is(await loop, undefined);
  t.like(await peer.receive('unsubscribe'), { id: 1 });
  {
    using _ = client.subscribe('garage');
  }
  t.like(await peer.receive('unsubscribe'), { id: 2 });
  t.true(client.subscribe('garage', { signal: controller.signal }).closed);
});

async function next(subscription: FrameSubscription): Promise<Frame | undefined> {
  for await (const frame of subscription) return frame;
  return undefined;
}
