import test from 'ava';
import { camera, clientOf, TestHub } from './hub.fixture.js';
import { FramehubClientError, type Picture, type Subscription } from './index.js';

test('a subscription gives pictures in a loop, and returns a credit when the next is asked for', async (t) => {
  const hub = await TestHub.start(t);
  const client = clientOf(t, hub.url);
  const subscription = client.subscribe('garage', { maxFps: 10, width: 320, credit: 1 });
  const peer = await hub.peer();
  t.deepEqual(await peer.hears('subscribe'), {
    op: 'subscribe',
    id: 1,
    camera: 'garage',
    credit: 1,
    maxFps: 10,
    width: 320,
  });
  peer.show(1, 5, { dropped: 2 });
  const seen: Picture[] = [];
  for await (const picture of subscription) {
    seen.push(picture);
    if (seen.length === 1)
      t.is(peer.heard.filter(({ op }) => op === 'credit').length, 0, 'not before it is dealt with');
    if (seen.length === 2) break;
    void peer.hears('credit').then(() => peer.show(1, 6));
  }
  t.like(seen[0], { camera: 'garage', sequence: 5, width: 640, height: 480, dropped: 2, placeholder: false });
  t.deepEqual([...(seen[0]?.jpeg ?? [])], [1, 2, 3]);
  t.true(Math.abs(seen[0]?.age ?? Number.NaN) < 60_000);
  t.like(await peer.hears('unsubscribe'), { id: 1 });
  t.like(subscription.statistics(), { pictures: 2, dropped: 2 });
});

test('a loop that is slow gets the newest picture, and the others are paid for', async (t) => {
  const hub = await TestHub.start(t);
  const subscription = clientOf(t, hub.url).subscribe('garage');
  const peer = await hub.peer();
  await peer.hears('subscribe');
  const pictures = subscription[Symbol.asyncIterator]();
  const first = pictures.next();
  peer.show(1, 1);
  t.is((await first).value.sequence, 1);
  peer.show(1, 2);
  peer.show(1, 3);
  await peer.hears('credit');
  t.is((await pictures.next()).value.sequence, 3);
});

test('a loop that begins late gets the newest picture, and goes on', async (t) => {
  const hub = await TestHub.start(t);
  const subscription = clientOf(t, hub.url).subscribe('garage', { credit: 2 });
  const peer = await hub.peer();
  await peer.hears('subscribe');
  for (let sequence = 1; sequence <= 5; sequence++) peer.show(1, sequence);
  for (let replaced = 1; replaced <= 4; replaced++) t.like(await peer.hears('credit'), { id: 1, n: 1 });
  t.like(subscription.statistics(), { pictures: 5 });
  const seen: number[] = [];
  for await (const { sequence } of subscription) {
    seen.push(sequence);
    if (seen.length === 2) break;
    void peer.hears('credit').then(() => peer.show(1, 6));
  }
  t.deepEqual(seen, [5, 6]);
});

test('as events: who listens says when a picture is done with', async (t) => {
  const hub = await TestHub.start(t);
  const subscription = clientOf(t, hub.url).subscribe('garage');
  const peer = await hub.peer();
  await peer.hears('subscribe');
  peer.show(1, 1, { flags: 1 });
  const picture = await new Promise<Picture>((resolve) => subscription.on('picture', resolve));
  t.true(picture.placeholder);
  t.is(subscription.statistics().pictures, 0, 'a card is no picture');
  subscription.done(picture);
  t.deepEqual(await peer.hears('credit'), { op: 'credit', id: 1, n: 1 });
});

test('who listens late is given the newest picture, once', async (t) => {
  const hub = await TestHub.start(t);
  const subscription = clientOf(t, hub.url).subscribe('garage', { credit: 2 });
  const peer = await hub.peer();
  await peer.hears('subscribe');
  peer.show(1, 1);
  peer.show(1, 2);
  await peer.hears('credit');
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    const off = subscription.on('picture', ({ sequence }) => {
      seen.push(sequence);
      if (sequence === 2) peer.show(1, 3);
      else resolve(off());
    });
  });
  t.deepEqual(seen, [2, 3]);
});

const refused = (code: string) => ({ op: 'error', id: 1, code, message: 'maxFps is not possible' }) as const;

test('a refusal is an event, and a loop throws it, however late it begins', async (t) => {
  const hub = await TestHub.start(t);
  const subscription = clientOf(t, hub.url).subscribe('garage', { maxFps: Number.NaN });
  const peer = await hub.peer();
  await peer.hears('subscribe');
  const told = new Promise<FramehubClientError>((resolve) => subscription.on('error', resolve));
  peer.say(refused('WS_BAD_MESSAGE'));
  const error = await told;
  t.true(error instanceof FramehubClientError);
  t.like(error, { code: 'WS_BAD_MESSAGE', message: 'maxFps is not possible' });
  await t.throwsAsync(next(subscription), { is: error });
  t.true(subscription.closed);
  await peer.hears('unsubscribe');
});

test('a loop that waits throws the refusal', async (t) => {
  const hub = await TestHub.start(t);
  const picture = next(clientOf(t, hub.url).subscribe('garage'));
  const peer = await hub.peer();
  await peer.hears('subscribe');
  peer.say(refused('RENDITION_INVALID'));
  await t.throwsAsync(picture, { instanceOf: FramehubClientError, code: 'RENDITION_INVALID' });
});

test('a loop over a camera that is not there waits until it comes', async (t) => {
  const hub = await TestHub.start(t, []);
  const picture = next(clientOf(t, hub.url).subscribe('garage'));
  const peer = await hub.peer();
  await peer.hears('subscribe');
  peer.say(refused('CAMERA_UNKNOWN'));
  peer.say({ op: 'cameras', cameras: [camera('garage')] });
  await peer.hears('subscribe');
  peer.say(refused('WS_SUBSCRIPTION_EXISTS'));
  peer.show(1, 3);
  t.is((await picture)?.sequence, 3);
});

async function next(subscription: Subscription): Promise<Picture | undefined> {
  for await (const picture of subscription) return picture;
  return undefined;
}
