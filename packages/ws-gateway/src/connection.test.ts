import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { WebSocket } from 'ws';
import { closed, TestClient } from './client.fixture.js';
import { serve } from './gateway.fixture.js';

test('hello lists all cameras, the clock and the limits', async (t) => {
  const { url } = await serve(t, { maxSubscriptions: 3 });
  const before = Date.now();
  const socket = new WebSocket(`${url}/ws`, ['framehub.v1']);
  t.teardown(() => socket.terminate());
  const hello = await new Promise<Record<string, unknown>>((resolve) =>
    socket.once('message', (data) => resolve(JSON.parse(String(data)))),
  );
  t.is(socket.protocol, 'framehub.v1');
  t.like(hello, { op: 'hello', version: 1, server: 'framehub/0.0.0-test', canControl: true });
  t.like(hello.limits, { subscriptions: 3 });
  t.true((hello.time as number) >= before);
  const cameras = hello.cameras as Record<string, unknown>[];
  t.deepEqual(
    cameras.map(({ name }) => name),
    ['garage', 'printer'],
  );
  t.like(cameras[0], { state: 'live', placeholder: null, error: null, viewers: 0 });
});

test('all clients get the new state of a camera', async (t) => {
  const { garage, url } = await serve(t);
  const clients = [await TestClient.connect(t, url), await TestClient.connect(t, url)];
  garage.become({
    state: 'retrying',
    placeholder: 'CAMERA UNPLUGGED',
    error: { code: 'CAPTURE_DEVICE_GONE', message: 'plug it in', details: {} },
  });
  for (const client of clients) {
    const { camera } = await client.receive('status');
    t.like(camera, {
      name: 'garage',
      state: 'retrying',
      placeholder: 'CAMERA UNPLUGGED',
      error: { code: 'CAPTURE_DEVICE_GONE', message: 'plug it in' },
    });
  }
});

test('frames per second and viewers are sent as stats', async (t) => {
  const { url } = await serve(t, { otherViewers: () => 3 });
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  // The first one may be older than the subscription.
  let cameras: unknown;
  do ({ cameras } = await client.receive('stats'));
  while ((cameras as { garage: number[] }).garage[1] !== 4);
  t.deepEqual(cameras, { garage: [30, 4], printer: [30, 3] });
});

test('removing a camera ends its subscriptions, and no others', async (t) => {
  const { hub, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  await client.subscribe(2, 'printer');
  hub.set('printer');
  t.like(await client.receive('ended'), { id: 1, camera: 'garage' });
  t.is(((await client.receive('cameras')).cameras as unknown[]).length, 1);
  hub.camera('printer').publish();
  t.is((await client.frame()).id, 2);
  t.deepEqual(
    hub.broker.topics().map(({ name }) => name),
    ['printer/jpeg'],
  );
});

test('controls are read and set, 64-bit numbers as text', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  client.send({ op: 'getControls', requestId: 5, camera: 'garage' });
  const answer = await client.receive('response');
  t.like(answer, { requestId: 5 });
  t.like((answer.controls as object[])[2], { name: 'offset', value: '4611686018427387904' });
  client.send({ op: 'setControls', requestId: 6, camera: 'garage', values: { brightness: 7 } });
  t.like(((await client.receive('response')).controls as object[])[0], { name: 'brightness', value: 7 });
  t.like(await client.receive('controls'), { camera: 'garage', changed: ['brightness'], origin: 'framehub' });
});

test('settings are changed, and an error has the number of its request', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  client.send({ op: 'setSettings', requestId: 1, camera: 'garage', settings: { rotate: 90 } });
  t.like(await client.receive('response'), { requestId: 1, settings: { rotate: 90, profiles: ['day', 'night'] } });
  client.send({ op: 'setSettings', requestId: 2, camera: 'garage', settings: { rotate: 45 } });
  t.like(await client.receive('error'), {
    requestId: 2,
    code: 'CAMERA_SETTING_INVALID',
    message: 'rotate must be 0, 90, 180 or 270, not 45',
  });
  client.send({ op: 'setSettings', requestId: 3, camera: 'attic', settings: {} });
  t.like(await client.receive('error'), { requestId: 3, code: 'CAMERA_UNKNOWN' });
});

test('a connection without control can read controls but set nothing', async (t) => {
  const { garage, url } = await serve(t, { canControl: false });
  const client = await TestClient.connect(t, url);
  client.send({ op: 'setControls', requestId: 1, camera: 'garage', values: { brightness: 7 } });
  t.like(await client.receive('error'), { requestId: 1, code: 'WS_FORBIDDEN' });
  t.deepEqual(garage.asked.controls, []);
  client.send({ op: 'getControls', requestId: 2, camera: 'garage' });
  t.like(await client.receive('response'), { requestId: 2 });
});

test('an internal error is logged, and its text is not sent to the client', async (t) => {
  const faults: unknown[] = [];
  const logger = { ...silentLogger, error: (data: object) => faults.push(data) };
  const { garage, url } = await serve(t, { logger });
  const client = await TestClient.connect(t, url);
  const fault = new TypeError('/home/me/secret is not a function');
  garage.controls = () => Promise.reject(fault);
  client.send({ op: 'getControls', requestId: 1, camera: 'garage' });
  const { code, message } = await client.receive('error');
  t.is(code, 'WS_INTERNAL');
  t.notRegex(String(message), /secret/);
  t.deepEqual(faults, [{ err: fault }]);
});

test('each time message is answered with the clock of the server', async (t) => {
  const { url } = await serve(t);
  const client = await TestClient.connect(t, url);
  const before = Date.now();
  client.send({ op: 'time', sent: 123.5 });
  const { sent, time } = await client.receive('time');
  t.is(sent, 123.5);
  t.true((time as number) >= before && (time as number) <= Date.now());
});

for (const [what, message, code] of [
  ['invalid JSON', 'hello', 'WS_BAD_MESSAGE'],
  ['an array', '[1,2]', 'WS_BAD_MESSAGE'],
  ['an unknown op', '{"op":"dance"}', 'WS_BAD_MESSAGE'],
  ['an unknown key', '{"op":"unsubscribe","id":1,"colour":"red"}', 'WS_BAD_MESSAGE'],
  ['a number out of range', '{"op":"credit","id":1,"count":1e99}', 'WS_BAD_MESSAGE'],
  ['a negative credit', '{"op":"credit","id":1,"count":-1}', 'WS_BAD_MESSAGE'],
  ['an unknown camera', '{"op":"subscribe","id":1,"camera":"attic"}', 'CAMERA_UNKNOWN'],
  ['an invalid rotation', '{"op":"subscribe","id":1,"camera":"garage","rotate":45}', 'RENDITION_INVALID'],
  ['a reserved name', '{"op":"subscribe","id":1,"camera":"__proto__"}', 'CAMERA_UNKNOWN'],
] as const) {
  test(`${what}: an error is sent, and the connection stays open`, async (t) => {
    const { garage, url } = await serve(t);
    const client = await TestClient.connect(t, url);
    client.socket.send(message);
    t.is((await client.receive('error')).code, code);
    await client.subscribe(9, 'garage');
    garage.publish();
    t.is((await client.frame()).id, 9);
  });
}

for (const [what, message, about] of [
  ['a subscription', '{"op":"subscribe","id":7,"camera":"garage","fps":null}', { id: 7 }],
  ['a request', '{"op":"setControls","requestId":8,"camera":"garage","values":{"brightness":null}}', { requestId: 8 }],
  ['none without a valid id', '{"op":"subscribe","id":"seven","camera":"garage"}', {}],
] as const) {
  test(`the error for an invalid message names its subject: ${what}`, async (t) => {
    const { url } = await serve(t);
    const client = await TestClient.connect(t, url);
    client.socket.send(message);
    const { op, code, message: _, ...rest } = await client.receive('error');
    t.is(code, 'WS_BAD_MESSAGE');
    t.deepEqual(rest, about);
  });
}

test('an id that is in use, and one subscription too many, are refused', async (t) => {
  const { url } = await serve(t, { maxSubscriptions: 2 });
  const client = await TestClient.connect(t, url);
  await client.subscribe(1, 'garage');
  client.send({ op: 'subscribe', id: 1, camera: 'printer' });
  t.like(await client.receive('error'), { id: 1, code: 'WS_SUBSCRIPTION_EXISTS' });
  await client.subscribe(2, 'printer');
  client.send({ op: 'subscribe', id: 3, camera: 'garage' });
  t.like(await client.receive('error'), { id: 3, code: 'WS_TOO_MANY_SUBSCRIPTIONS' });
});

test('a connection is closed after ten invalid messages', async (t) => {
  const { gateway, url } = await serve(t);
  const client = await TestClient.connect(t, url);
  const end = closed(client.socket);
  for (let i = 0; i < 10; i++) client.socket.send(Buffer.from([1, 2, 3]));
  t.like(await end, { code: 1008 });
  t.is(client.messages.filter(({ op }) => op === 'error').length, 10);
  t.deepEqual(gateway.traffic.clientsDropped.toJSON(), { protocol: 1 });
});

test('a message that is too long closes the connection', async (t) => {
  const { url } = await serve(t, { maxMessageBytes: 1024 });
  const client = await TestClient.connect(t, url);
  const end = closed(client.socket);
  client.socket.send('x'.repeat(2000));
  t.like(await end, { code: 1009 });
});
