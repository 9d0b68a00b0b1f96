import test from 'ava';
import { camera, clientOf, FakeServer } from './fake-server.fixture.js';
import { type ClientEvents, connect, type FramehubClient, FramehubClientError } from './index.js';

const event = <K extends keyof ClientEvents>(client: FramehubClient, name: K): Promise<ClientEvents[K]> =>
  new Promise((resolve) => {
    const listener = client.on(name, (value) => {
      listener.close();
      resolve(value);
    });
  });

test('after a restart of the server the client reconnects and subscribes again', async (t) => {
  const server = await FakeServer.start(t);
  const { port } = server;
  const client = clientOf(t, server.url);
  const subscription = client.subscribe('garage', { rotate: 90 });
  await (await server.peer()).receive('subscribe');
  const down = event(client, 'down');
  await server.stop();
  t.is((await down).code, 'CLIENT_CONNECTION_LOST');
  t.false(client.connected);
  const again = await FakeServer.start(t, [camera('garage')], port);
  const peer = await again.peer();
  t.like(await peer.receive('subscribe'), { id: 1, camera: 'garage', rotate: 90 });
  peer.sendFrame(1, 77);
  for await (const frame of subscription) {
    t.is(frame.sequence, 77);
    break;
  }
});

test('the cameras follow the messages of the server', async (t) => {
  const server = await FakeServer.start(t, [camera('garage'), camera('door')]);
  const client = clientOf(t, server.url);
  t.deepEqual(client.cameras, []);
  await event(client, 'up');
  t.deepEqual(
    client.cameras.map(({ name }) => name),
    ['garage', 'door'],
  );
  const peer = await server.peer();
  peer.send({ op: 'status', camera: camera('door', { state: 'retrying', placeholder: 'CAMERA UNPLUGGED' }) });
  t.like((await event(client, 'cameras'))[1], { state: 'retrying', placeholder: 'CAMERA UNPLUGGED' });
  peer.send({ op: 'stats', cameras: { garage: [12.5, 4] } });
  t.like((await event(client, 'cameras'))[0], { viewers: 4, fps: { nominal: 30, measured: 12.5 } });
  peer.send({ op: 'cameras', cameras: [camera('garage')] });
  t.is((await event(client, 'cameras')).length, 1);
});

test('a camera that is added again is subscribed to again', async (t) => {
  const server = await FakeServer.start(t);
  const client = clientOf(t, server.url);
  const subscription = client.subscribe('garage');
  const peer = await server.peer();
  await peer.receive('subscribe');
  const error = new Promise<FramehubClientError>((resolve) => subscription.on('error', resolve));
  peer.send({ op: 'ended', id: 1, camera: 'garage' });
  peer.send({ op: 'cameras', cameras: [] });
  t.is((await error).code, 'CLIENT_CAMERA_LEFT');
  peer.send({ op: 'cameras', cameras: [camera('garage')] });
  t.like(await peer.receive('subscribe'), { id: 1, camera: 'garage' });
});

test('requests get their own responses, or the error of the server', async (t) => {
  const server = await FakeServer.start(t);
  const client = clientOf(t, server.url);
  await t.throwsAsync(client.controls('garage'), { code: 'CLIENT_NOT_CONNECTED' });
  await event(client, 'up');
  const peer = await server.peer();
  const [controls, change] = [
    client.setControls('garage', { brightness: 7 }),
    client.change('garage', { rotate: 45 as 90 }),
  ];
  const { requestId } = await peer.receive('setSettings');
  peer.send({ op: 'error', requestId: requestId as number, code: 'CAMERA_SETTING_INVALID', message: 'rotate 45' });
  await t.throwsAsync(change, {
    instanceOf: FramehubClientError,
    code: 'CAMERA_SETTING_INVALID',
    message: 'rotate 45',
  });
  peer.send({ op: 'response', requestId: (await peer.receive('setControls')).requestId as number, controls: [] });
  t.deepEqual(await controls, []);
  const lost = client.controls('garage');
  await peer.receive('getControls');
  peer.socket.terminate();
  await t.throwsAsync(lost, { code: 'CLIENT_CONNECTION_LOST' });
});

test('the difference of the clocks is subtracted from the age', async (t) => {
  const server = await FakeServer.start(t);
  const client = clientOf(t, server.url);
  const subscription = client.subscribe('garage');
  const peer = await server.peer();
  const ahead = 3_600_000;
  const { sent } = await peer.receive('time');
  peer.send({ op: 'time', sent: sent as number, time: Date.now() + ahead });
  peer.sendFrame(1, 1, { capturedAt: Date.now() + ahead });
  for await (const { age } of subscription) {
    t.true(Math.abs(age) < 60_000, `${age} ms`);
    break;
  }
  t.true(Math.abs((client.clock?.offset ?? 0) - ahead) < 60_000);
});

test('without a WebSocket the error says where to get one', (t) => {
  t.throws(() => connect('http://127.0.0.1', { WebSocket: null as never }), {
    code: 'CLIENT_NO_WEBSOCKET',
    message: /import \{ WebSocket \} from 'ws'/,
  });
});

test('events are an async iterator, until the signal aborts or the client is closed', async (t) => {
  const server = await FakeServer.start(t);
  const client = clientOf(t, server.url);
  const ups = client.events('up');
  const first = ups.next();
  t.deepEqual(await first, { done: false, value: undefined });
  const controller = new AbortController();
  const aborted = client.events('cameras', { signal: controller.signal }).next();
  controller.abort();
  t.true((await aborted).done);
  const closed = ups.next();
  client.close();
  t.true((await closed).done);
});
