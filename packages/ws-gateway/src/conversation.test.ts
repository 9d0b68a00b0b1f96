import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { WebSocket } from 'ws';
import { closed, TestClient } from './client.fixture.js';
import { serve } from './house.fixture.js';

test('the hello tells of all cameras, the clock and the limits', async (t) => {
  const { url } = await serve(t, { maxSubscriptions: 3 });
  const before = Date.now();
  const socket = new WebSocket(`${url}/ws`, ['framehub.v1']);
  t.teardown(() => socket.terminate());
  const hello = await new Promise<Record<string, unknown>>((resolve) =>
    socket.once('message', (data) => resolve(JSON.parse(String(data)))),
  );
  t.is(socket.protocol, 'framehub.v1');
  t.like(hello, { op: 'hello', version: 1, server: 'framehub/0.0.0-test', mayChange: true });
  t.like(hello.limits, { subscriptions: 3 });
  t.true((hello.time as number) >= before);
  const cameras = hello.cameras as Record<string, unknown>[];
  t.deepEqual(
    cameras.map(({ name }) => name),
    ['garage', 'printer'],
  );
  t.like(cameras[0], { state: 'live', placeholder: null, error: null, viewers: 0 });
});

test('what happens to a camera is told to all', async (t) => {
  const { garage, url } = await serve(t);
  const clients = [await TestClient.connect(t, url), await TestClient.connect(t, url)];
  garage.become({
    state: 'retrying',
    placeholder: 'CAMERA UNPLUGGED',
    error: { code: 'CAPTURE_DEVICE_GONE', message: 'plug it in', details: {} },
  });
  for (const client of clients) {
    const { camera } = await client.said('status');
    t.like(camera, {
      name: 'garage',
      state: 'retrying',
      placeholder: 'CAMERA UNPLUGGED',
      error: { code: 'CAPTURE_DEVICE_GONE', message: 'plug it in' },
    });
  }
});

test('frames a second and viewers come with a beat', async (t) => {
  const { url } = await serve(t, { viewersElsewhere: () => 3 });
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  // The first may be from before the subscription.
  let cameras: unknown;
  do ({ cameras } = await client.said('beat'));
  while ((cameras as { garage: number[] }).garage[1] !== 4);
  t.deepEqual(cameras, { garage: [30, 4], printer: [30, 3] });
});

test('a camera that leaves ends its subscriptions, and no other', async (t) => {
  const { house, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  await client.subscribe(2, 'printer');
  house.set('printer');
  t.like(await client.said('ended'), { id: 1, camera: 'garage' });
  t.is(((await client.said('cameras')).cameras as unknown[]).length, 1);
  house.camera('printer').publish();
  t.is((await client.picture()).id, 2);
  t.deepEqual(
    house.broker.topics().map(({ name }) => name),
    ['printer/jpeg'],
  );
});

test('controls are read and set, numbers of 64 bits as text', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  client.say({ op: 'controls', re: 5, camera: 'garage' });
  const answer = await client.said('answer');
  t.like(answer, { re: 5 });
  t.like((answer.controls as object[])[2], { name: 'offset', value: '4611686018427387904' });
  client.say({ op: 'setControls', re: 6, camera: 'garage', values: { brightness: 7 } });
  t.like(((await client.said('answer')).controls as object[])[0], { name: 'brightness', value: 7 });
  t.like(await client.said('controls'), { camera: 'garage', changed: ['brightness'], origin: 'framehub' });
});

test('settings are changed, and what is wrong with one comes back with its number', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  client.say({ op: 'change', re: 1, camera: 'garage', settings: { rotate: 90 } });
  t.like(await client.said('answer'), { re: 1, settings: { rotate: 90, profiles: ['day', 'night'] } });
  client.say({ op: 'change', re: 2, camera: 'garage', settings: { rotate: 45 } });
  t.like(await client.said('error'), {
    re: 2,
    code: 'CAMERA_SETTING_INVALID',
    message: 'rotate 45 is not possible: allowed is 0, 90, 180, 270',
  });
  client.say({ op: 'change', re: 3, camera: 'attic', settings: {} });
  t.like(await client.said('error'), { re: 3, code: 'CAMERA_UNKNOWN' });
});

test('a page that may only look changes nothing', async (t) => {
  const { garage, url } = await serve(t, { mayChange: false });
  const client = await TestClient.connect(t, url);
  client.say({ op: 'setControls', re: 1, camera: 'garage', values: { brightness: 7 } });
  t.like(await client.said('error'), { re: 1, code: 'WS_FORBIDDEN' });
  t.deepEqual(garage.asked.controls, []);
  client.say({ op: 'controls', re: 2, camera: 'garage' });
  t.like(await client.said('answer'), { re: 2 });
});

test('a fault of this program is in the log, and its client is told no more than that', async (t) => {
  const faults: unknown[] = [];
  const logger = { ...silentLogger, error: (data: object) => faults.push(data) };
  const { garage, url } = await serve(t, { logger });
  const client = await TestClient.connect(t, url);
  const fault = new TypeError('/home/me/secret is not a function');
  garage.controls = () => Promise.reject(fault);
  client.say({ op: 'controls', re: 1, camera: 'garage' });
  const { code, message } = await client.said('error');
  t.is(code, 'WS_INTERNAL');
  t.notRegex(String(message), /secret/);
  t.deepEqual(faults, [{ err: fault }]);
});

test('the clock is told as often as it is asked for', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  const before = Date.now();
  client.say({ op: 'time', sent: 123.5 });
  const { sent, time } = await client.said('time');
  t.is(sent, 123.5);
  t.true((time as number) >= before && (time as number) <= Date.now());
});

for (const [what, message, code] of [
  ['no JSON', 'hello', 'WS_BAD_MESSAGE'],
  ['no object', '[1,2]', 'WS_BAD_MESSAGE'],
  ['an unknown op', '{"op":"dance"}', 'WS_BAD_MESSAGE'],
  ['an unknown key', '{"op":"unsubscribe","id":1,"colour":"red"}', 'WS_BAD_MESSAGE'],
  ['a number that is none', '{"op":"credit","id":1,"n":1e99}', 'WS_BAD_MESSAGE'],
  ['a negative credit', '{"op":"credit","id":1,"n":-1}', 'WS_BAD_MESSAGE'],
  ['an unknown camera', '{"op":"subscribe","id":1,"camera":"attic"}', 'CAMERA_UNKNOWN'],
  ['a rotation that is none', '{"op":"subscribe","id":1,"camera":"garage","rotate":45}', 'RENDITION_INVALID'],
  ['a name of another kind', '{"op":"subscribe","id":1,"camera":"__proto__"}', 'CAMERA_UNKNOWN'],
] as const) {
  test(`${what}: an error says so, and the connection goes on`, async (t) => {
    const { garage, url } = await serve(t);
    const client = await TestClient.connect(t, url);
    client.socket.send(message);
    t.is((await client.said('error')).code, code);
    await client.subscribe(9, 'garage');
    garage.publish();
    t.is((await client.picture()).id, 9);
  });
}

for (const [what, message, about] of [
  ['a subscription', '{"op":"subscribe","id":7,"camera":"garage","maxFps":null}', { id: 7 }],
  ['a question', '{"op":"setControls","re":8,"camera":"garage","values":{"brightness":null}}', { re: 8 }],
  ['nothing that has a number', '{"op":"subscribe","id":"seven","camera":"garage"}', {}],
] as const) {
  test(`what cannot be read is about ${what}: the error says so`, async (t) => {
    const { url } = await serve(t);
    const client = await TestClient.connect(t, url);
    client.socket.send(message);
    const { op, code, message: _, ...rest } = await client.said('error');
    t.is(code, 'WS_BAD_MESSAGE');
    t.deepEqual(rest, about);
  });
}

test('a number that is taken, and one subscription too many, are refused', async (t) => {
  const { url } = await serve(t, { maxSubscriptions: 2 });
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  client.say({ op: 'subscribe', id: 1, camera: 'printer' });
  t.like(await client.said('error'), { id: 1, code: 'WS_SUBSCRIPTION_EXISTS' });
  await client.subscribe(2, 'printer');
  client.say({ op: 'subscribe', id: 3, camera: 'garage' });
  t.like(await client.said('error'), { id: 3, code: 'WS_TOO_MANY_SUBSCRIPTIONS' });
});

test('a program that goes on talking nonsense is shown the door', async (t) => {
  const { gateway, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  const end = closed(client.socket);
  for (let i = 0; i < 10; i++) client.socket.send(Buffer.from([1, 2, 3]));
  t.like(await end, { code: 1008 });
  t.is(client.messages.filter(({ op }) => op === 'error').length, 10);
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { expelled: 1 });
});

test('a message that is too long ends the connection', async (t) => {
  const { url } = await serve(t, { maxMessage: 1024 });
  const client = await TestClient.connect(t, url);
  const end = closed(client.socket);
  client.socket.send('x'.repeat(2000));
  t.like(await end, { code: 1009 });
});
