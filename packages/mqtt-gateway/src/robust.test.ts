import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Logger } from '@framehub/frame';
import { FakeHub, freePort, play, until } from '@framehub/testing';
import test from 'ava';
import { json, Listener, run, says } from './client.fixture.js';
import type { MqttGateway } from './gateway.js';
import { hasMosquitto, Mosquitto } from './mosquitto.fixture.js';
import { SERVERS } from './servers.fixture.js';
import { serve } from './tcp-server.fixture.js';

const ROUNDS = 10;

const snapshotsOf = (gateway: MqttGateway): number => gateway.stats().cameras[0]?.snapshots ?? 0;

for (const { name, test: serverTest, start } of SERVERS) {
  serverTest(`${name}: the server stops and starts ten times, and no memory or message is lost`, async (t) => {
    const server = await start(t);
    const { hub, gateway } = await run(t, { url: server.url, camera: { every: 100 } });
    for (const camera of hub.cameras()) play(t, camera);
    const snapshots = () => snapshotsOf(gateway);
    await until(() => gateway.stats().link?.connected === true && snapshots() > 2);
    const { messages } = gateway.stats().messages.remembered;
    for (let round = 1; round <= ROUNDS; round++) {
      const before = snapshots();
      await server.stop();
      await until(() => gateway.stats().link?.connected === false && snapshots() > before + 2);
      const held = gateway.stats().messages.remembered;
      t.is(held.messages, messages, `round ${round}: only the newest message of each topic`);
      t.true(held.bytes < 50_000);
      await server.start();
      const client = await Listener.connect(t, server.url);
      await client.hear('framehub/available', says('online'));
      await client.hear('framehub/garage/enabled/state', says('ON'));
      await client.hear('homeassistant/device/framehub_pi4_printer/config');
      const first = json(await client.hear('framehub/garage/attributes'));
      await client.hear('framehub/garage/snapshot');
      await client.hear('framehub/printer/attributes');
      await client.hear('framehub/garage/attributes', (heard) => json(heard).seq > first.seq);
      await client.client.endAsync(true);
    }
    t.is(gateway.stats().link?.connects, ROUNDS + 1);
  });

  serverTest(`${name}: a server that starts later is connected to, and commands are executed`, async (t) => {
    const server = await start(t);
    await server.stop();
    const { hub, gateway } = await run(t, { url: server.url, camera: { every: 100 } });
    play(t, hub.camera('garage'));
    const { cameras } = gateway.stats();
    t.is(cameras.length, 2, 'the gateway has started');
    await until(() => gateway.stats().link?.error?.code === 'MQTT_UNREACHABLE' && snapshotsOf(gateway) > 3);
    await server.start();
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/garage/snapshot');
    client.client.publish('framehub/garage/enabled/set', 'OFF', { qos: 1 });
    await client.hear('framehub/garage/enabled/state', says('OFF'));
  });

  serverTest(`${name}: the last will is published when the process is killed`, async (t) => {
    const server = await start(t);
    const path = fileURLToPath(new URL('./gateway-process.fixture.js', import.meta.url));
    const child = fork(path, [server.url], { execArgv: [] });
    t.teardown(() => child.kill('SIGKILL'));
    const client = await Listener.connect(t, server.url, 'framehub/#');
    await client.hear('framehub/available', says('online'));
    await client.hear('framehub/garage/snapshot');
    child.kill('SIGKILL');
    await client.hear('framehub/available', says('offline'));
    const late = await Listener.connect(t, server.url, 'framehub/available');
    const { packet } = await late.hear('framehub/available', says('offline'));
    t.true(packet.retain);
  });
}

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const SUBACK = Buffer.from([0x90, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1]);

test('a server that stops reading delays nothing, and only the newest message of each topic is kept', async (t) => {
  let publishing = false;
  const url = await serve(t, (socket) => {
    socket.once('data', () => socket.write(CONNACK));
    socket.on('data', (chunk) => {
      const at = chunk.indexOf(0x82);
      if (at < 0) return;
      // It grants the subscription, and reads no further.
      const id = chunk.subarray(chunk.indexOf(0x82) + 2, chunk.indexOf(0x82) + 5);
      socket.write(Buffer.concat([SUBACK.subarray(0, 2), id.subarray(-2), SUBACK.subarray(4)]));
      socket.pause();
      publishing = true;
    });
  });
  const { hub, gateway } = await run(t, { url, version: '3.1.1', camera: { every: 100 } });
  play(t, hub.camera('garage'));
  await until(() => publishing && snapshotsOf(gateway) > 10);
  const { sent, remembered } = gateway.stats().messages;
  t.is(sent, 0);
  t.true(remembered.messages < 30);
  t.true((gateway.stats().messages.dropped.replaced ?? 0) > 0);
  await gateway.close();
  t.pass('it ends all the same');
});

test('a server that never answers does not delay the end of the gateway', async (t) => {
  const sockets: Promise<unknown>[] = [];
  const url = await serve(t, (socket) => sockets.push(once(socket.resume(), 'close')));
  const { gateway } = await run(t, { url });
  await until(() => sockets.length === 1);
  t.like(gateway.stats().link, { connected: false, connects: 0 });
  const since = performance.now();
  await gateway.close();
  t.true(performance.now() - since < 5000, 'sooner than it would be given up');
  await Promise.all(sockets);
  t.is(sockets.length, 1, 'nor is it tried again');
});

const mosquittoTest = hasMosquitto ? test : test.skip;

mosquittoTest('a wrong password is logged once, in plain words, and never shown', async (t) => {
  const lines: string[] = [];
  const say = (data: object, line: string) => lines.push(line, JSON.stringify(data));
  const logger: Logger = { debug: say, info: say, warn: say, error: say };
  const server = await Mosquitto.start(t, ['allow_anonymous false']);
  const { port } = server;
  const { gateway } = await run(t, { url: `mqtt://me:secret-one@127.0.0.1:${port}`, logger });
  await until(() => gateway.stats().link?.error?.code === 'MQTT_UNAUTHORIZED');
  const other = await run(t, {
    url: server.url,
    username: 'me',
    password: 'secret-two',
    logger,
    version: '3.1.1',
    clientId: 'x',
  });
  await until(() => other.gateway.stats().link?.error?.code === 'MQTT_UNAUTHORIZED');
  const text = [...lines, JSON.stringify(gateway.stats()), JSON.stringify(other.gateway.stats())].join('\n');
  t.regex(text, /authentication at the MQTT server .* failed: check user name and password/);
  t.notRegex(text, /secret/);
  t.is(lines.filter((line) => line.includes('authentication at') && !line.startsWith('{')).length, 2);
});

test('two clients with one id get an error that says so, if the server gives the reason', async (t) => {
  const url = await serve(t, (socket) => {
    socket.once('data', () => socket.write(Buffer.from([0x20, 3, 0, 0, 0])));
    // DISCONNECT, session taken over, at the first packet.
    socket.once('data', () => socket.once('data', () => socket.end(Buffer.from([0xe0, 2, 142, 0]))));
  });
  const { gateway } = await run(t, { url, clientId: 'same' });
  await until(() => gateway.stats().link?.error?.code === 'MQTT_TAKEN_OVER');
  t.regex(gateway.stats().link?.error?.message ?? '', /another program connects .* as 'same'/);
});

mosquittoTest('two clients with one id are each logged once, if the server gives no reason', async (t) => {
  const lines: string[] = [];
  const say = (_: object, text: string) => lines.push(text);
  const logger: Logger = { debug() {}, info: say, warn: say, error: say };
  const server = await Mosquitto.start(t);
  const { gateway } = await run(t, { url: server.url, clientId: 'same', logger });
  const other = await run(t, { url: server.url, clientId: 'same', prefix: 'other', logger }, new FakeHub('roof'));
  const connects = (running: typeof gateway) => running.stats().link?.connects ?? 0;
  await until(() => connects(gateway) > 7 && connects(other.gateway) > 7);
  t.is(lines.filter((line) => line.includes("another program connects as 'same'")).length, 2);
  t.true(lines.length < 2 * 8);
});

for (const [protocol, path, shown] of [
  ['mqtt', '', ''],
  ['ws', '/mqtt?token=secret', '/…'],
] as const) {
  test(`an ${protocol} port without a listener is logged with its address, without a secret`, async (t) => {
    const port = await freePort();
    const lines: string[] = [];
    const say = (facts: object, text: string) => lines.push(inspect(facts), text);
    const logger: Logger = { debug() {}, info: say, warn: say, error: say };
    const { gateway } = await run(t, { url: `${protocol}://me:secret@127.0.0.1:${port}${path}`, logger });
    await until(() => gateway.stats().link?.error !== undefined);
    t.is(gateway.stats().link?.server, `${protocol}://127.0.0.1:${port}${shown}`);
    t.like(gateway.stats().link?.error, { code: 'MQTT_UNREACHABLE' });
    t.notRegex(lines.join('') + inspect(gateway.stats()), /secret/);
  });
}
