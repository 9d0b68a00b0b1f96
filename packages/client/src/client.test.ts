import test from 'ava';
import { camera, clientOf, TestHub } from './hub.fixture.js';
import { type ClientEvents, connect, type FramehubClient, FramehubClientError } from './index.js';

const event = <K extends keyof ClientEvents>(client: FramehubClient, name: K): Promise<ClientEvents[K]> =>
  new Promise((resolve) => {
    const off = client.on(name, (value) => {
      off();
      resolve(value);
    });
  });

test('after a restart of the server it connects by itself and subscribes again', async (t) => {
  const hub = await TestHub.start(t);
  const { port } = hub;
  const client = clientOf(t, hub.url);
  const subscription = client.subscribe('garage', { rotate: 90 });
  await (await hub.peer()).hears('subscribe');
  const down = event(client, 'down');
  await hub.stop();
  t.is((await down).code, 'CLIENT_CONNECTION_LOST');
  t.false(client.connected);
  const again = await TestHub.start(t, [camera('garage')], port);
  const peer = await again.peer();
  t.like(await peer.hears('subscribe'), { id: 1, camera: 'garage', rotate: 90 });
  peer.show(1, 77);
  for await (const picture of subscription) {
    t.is(picture.sequence, 77);
    break;
  }
});

test('what is known of cameras follows the news', async (t) => {
  const hub = await TestHub.start(t, [camera('garage'), camera('door')]);
  const client = clientOf(t, hub.url);
  t.deepEqual(client.cameras, []);
  await event(client, 'up');
  t.deepEqual(
    client.cameras.map(({ name }) => name),
    ['garage', 'door'],
  );
  const peer = await hub.peer();
  peer.say({ op: 'status', camera: camera('door', { state: 'retrying', placeholder: 'CAMERA UNPLUGGED' }) });
  t.like((await event(client, 'cameras'))[1], { state: 'retrying', placeholder: 'CAMERA UNPLUGGED' });
  peer.say({ op: 'beat', cameras: { garage: [12.5, 4] } });
  t.like((await event(client, 'cameras'))[0], { viewers: 4, fps: { nominal: 30, measured: 12.5 } });
  peer.say({ op: 'cameras', cameras: [camera('garage')] });
  t.is((await event(client, 'cameras')).length, 1);
});

test('a camera that comes back into the list is subscribed to again', async (t) => {
  const hub = await TestHub.start(t);
  const client = clientOf(t, hub.url);
  const subscription = client.subscribe('garage');
  const peer = await hub.peer();
  await peer.hears('subscribe');
  const error = new Promise<FramehubClientError>((resolve) => subscription.on('error', resolve));
  peer.say({ op: 'ended', id: 1, camera: 'garage' });
  peer.say({ op: 'cameras', cameras: [] });
  t.is((await error).code, 'CLIENT_CAMERA_LEFT');
  peer.say({ op: 'cameras', cameras: [camera('garage')] });
  t.like(await peer.hears('subscribe'), { id: 1, camera: 'garage' });
});

test('questions get their own answers, and the server’s words when it refuses', async (t) => {
  const hub = await TestHub.start(t);
  const client = clientOf(t, hub.url);
  await t.throwsAsync(client.controls('garage'), { code: 'CLIENT_NOT_CONNECTED' });
  await event(client, 'up');
  const peer = await hub.peer();
  const [controls, change] = [client.setControls('garage', { brightness: 7 }), client.change('garage', { rotate: 45 })];
  const { re } = await peer.hears('change');
  peer.say({ op: 'error', re: re as number, code: 'CAMERA_SETTING_INVALID', message: 'rotate 45' });
  await t.throwsAsync(change, {
    instanceOf: FramehubClientError,
    code: 'CAMERA_SETTING_INVALID',
    message: 'rotate 45',
  });
  peer.say({ op: 'answer', re: (await peer.hears('setControls')).re as number, controls: [] });
  t.deepEqual(await controls, []);
  const lost = client.controls('garage');
  await peer.hears('controls');
  peer.socket.terminate();
  await t.throwsAsync(lost, { code: 'CLIENT_CONNECTION_LOST' });
});

test('the difference of the clocks is taken out of the age', async (t) => {
  const hub = await TestHub.start(t);
  const client = clientOf(t, hub.url);
  const subscription = client.subscribe('garage');
  const peer = await hub.peer();
  const ahead = 3_600_000;
  const { sent } = await peer.hears('time');
  peer.say({ op: 'time', sent: sent as number, time: Date.now() + ahead });
  peer.show(1, 1, { capturedAt: Date.now() + ahead });
  for await (const { age } of subscription) {
    t.true(Math.abs(age) < 60_000, `${age} ms`);
    break;
  }
  t.true(Math.abs((client.clock?.offset ?? 0) - ahead) < 60_000);
});

test('a Node without WebSocket is told what to do', (t) => {
  t.throws(() => connect('http://127.0.0.1', { WebSocket: null as never }), {
    code: 'CLIENT_NO_WEBSOCKET',
    message: /import \{ WebSocket \} from 'ws'/,
  });
});
