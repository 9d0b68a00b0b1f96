import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FakeHub, freePort, play, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import mqtt, { type IConnackPacket } from 'mqtt';
import { json, Listener, run, says } from '../client.fixture.js';
import { MqttGateway } from '../gateway.js';
import { EmbeddedServer, type EmbeddedServerOptions } from './server.js';

async function serve(t: ExecutionContext, options: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
  const server = new EmbeddedServer({ port: 0, ...options });
  await server.start();
  t.teardown(() => server.close());
  return server;
}

test('a gateway with an embedded server needs nothing else', async (t) => {
  const { hub, gateway } = await run(t, { embedded: { port: 0 }, camera: { every: 200 } });
  play(t, hub.camera('garage'));
  await until(() => gateway.stats().link?.connected === true);
  const client = await Listener.connect(t, gateway.stats().link?.server ?? '');
  await client.hear('framehub/garage/snapshot');
  t.is(gateway.stats().embedded?.clients, 2);
  await gateway.close();
  await t.throwsAsync(mqtt.connectAsync(gateway.stats().link?.server ?? '', { reconnectPeriod: 0 }, false));
});

test('with a password, the gateway and clients that give it can connect, and no others', async (t) => {
  const embedded = { port: 0, user: 'me', password: 'right' };
  const { gateway } = await run(t, { embedded });
  await until(() => gateway.stats().link?.connected === true);
  const url = gateway.stats().link?.server ?? '';
  const client = await Listener.connect(t, url, '#', { username: 'me', password: 'right' });
  await client.hear('framehub/available', says('online'));
  for (const wrong of [
    {},
    { username: 'me' },
    { username: 'me', password: 'Right' },
    { username: 'you', password: 'right' },
  ])
    await t.throwsAsync(mqtt.connectAsync(url, { reconnectPeriod: 0, ...wrong }), {
      message: /Bad username or password/,
    });
  t.is(gateway.stats().embedded?.refused.password, 4);
});

test('a port that is in use is an error', async (t) => {
  const { port } = await serve(t);
  await t.throwsAsync(new EmbeddedServer({ port }).start(), { code: 'MQTT_PORT_IN_USE' });
  await t.throwsAsync(run(t, { embedded: { port } }), { code: 'MQTT_PORT_IN_USE' });
  await t.throwsAsync(new EmbeddedServer({ port: 0, host: '192.0.2.1' }).start(), { code: 'MQTT_ADDRESS_UNAVAILABLE' });
});

test('a gateway whose port was in use can be started again when the port is free', async (t) => {
  const port = await freePort();
  const other = new EmbeddedServer({ port });
  await other.start();
  const { url } = other;
  const hub = new FakeHub('garage');
  const gateway = new MqttGateway(hub.broker, hub, { embedded: { port } });
  t.teardown(() => gateway.close());
  await t.throwsAsync(gateway.start(), { code: 'MQTT_PORT_IN_USE' });
  await t.throwsAsync(gateway.start(), { code: 'MQTT_PORT_IN_USE' });
  await other.close();
  await gateway.start();
  const client = await Listener.connect(t, url);
  await client.hear('framehub/garage/available', says('online'));
  t.is(gateway.stats().link?.connects, 1);
});

test('a start that is aborted leaves nothing open, and can be repeated', async (t) => {
  const server = new EmbeddedServer({ port: 0 });
  t.teardown(() => server.close());
  const reason = new Error('not now');
  await t.throwsAsync(server.start({ signal: AbortSignal.abort(reason) }), { is: reason });
  const stopping = new AbortController();
  const starting = server.start({ signal: stopping.signal });
  stopping.abort(reason);
  await t.throwsAsync(starting, { is: reason });
  await t.throwsAsync(mqtt.connectAsync(server.url, { reconnectPeriod: 0 }, false));
  await server.start();
  const client = await Listener.connect(t, server.url);
  client.client.publish('still', 'here');
  await client.hear('still', says('here'));
  t.is(server.stats().clients, 1);
});

test('the error of an invalid option names it, without its value', (t) => {
  for (const [key, options] of [
    ['port', { port: 70_000 }],
    ['user and password go together', { user: 'me' }],
    ['password', { user: 'me', password: '' }],
  ] as const) {
    const error = t.throws(() => new EmbeddedServer(options), { code: 'MQTT_INVALID_OPTION' });
    t.true(error?.message.startsWith(key), error?.message);
  }
});

/** A socket that has connected and subscribed to everything. */
async function rawClient(t: ExecutionContext, { port }: EmbeddedServer, id: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  const name = Buffer.from(id);
  const body = Buffer.concat([
    Buffer.from([0, 4]),
    Buffer.from('MQTT'),
    Buffer.from([4, 2, 0, 0, 0, name.length]),
    name,
  ]);
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  await once(socket, 'data');
  socket.write(Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 0]));
  await once(socket, 'data');
  return socket;
}

test('a client that does not read delays no other, and its memory is limited', async (t) => {
  const server = await serve(t, { maxPacketBytes: 100_000 });
  const stuck = await rawClient(t, server, 'stuck');
  stuck.pause();
  const reader = await Listener.connect(t, server.url);
  const writer = await Listener.connect(t, server.url, 'nothing');
  const payload = Buffer.alloc(90_000);
  // Far more than all buffers hold.
  for (let i = 0; i < 300; i++) {
    payload.writeUInt32BE(i);
    await writer.client.publishAsync('frames', payload, { qos: 0 });
    await reader.hear('frames', (heard) => heard.payload.readUInt32BE() === i);
    reader.forget();
  }
  t.true((server.stats().refused.slow ?? 0) > 0);
  t.is(server.stats().clients, 3, 'live frames may be lost');
  const gone = once(stuck, 'close');
  await writer.client.publishAsync('important', payload, { qos: 1 });
  await reader.hear('important');
  stuck.resume();
  await gone;
  t.is(server.stats().clients, 2, 'where no message may be lost, it is disconnected');
});

test('a packet that is too large ends the connection at its first bytes', async (t) => {
  const server = await serve(t, { maxPacketBytes: 5000 });
  const client = await rawClient(t, server, 'large');
  // PUBLISH of 256 MB.
  client.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
  await once(client, 'close');
  t.pass();
});

test('bytes that are not MQTT end only their own connection', async (t) => {
  const server = await serve(t);
  const client = await Listener.connect(t, server.url);
  for (const noise of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\0', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80])]) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(noise);
    await once(socket, 'close');
  }
  client.client.publish('still', 'here');
  await client.hear('still', says('here'));
  t.pass();
});

test('connections and retained messages are limited', async (t) => {
  const server = await serve(t, { maxConnections: 2, maxRetainedBytes: 4000 });
  const client = await Listener.connect(t, server.url, '#');
  const other = await Listener.connect(t, server.url, '#');
  await t.throwsAsync(mqtt.connectAsync(server.url, { reconnectPeriod: 0 }, false));
  t.is(server.stats().refused.connections, 1);
  const put = (topic: string, bytes: number) =>
    other.client.publishAsync(topic, Buffer.alloc(bytes, 'x'), { qos: 1, retain: true });
  await put('a', 900);
  await put('a', 1400);
  await client.hear('a', ({ payload }) => payload.length === 1400);
  const held = server.stats().retainedBytes;
  t.true(held > 1400 && held < 2000, `${held}`);
  await put('b', 1000);
  await put('a', 1500);
  // One address gets half.
  await until(() => server.stats().refused.retained === 2);
  t.is(server.stats().retainedBytes, held, 'and a refused message changes nothing');
  await put('a', 0);
  await client.hear('a', ({ payload }) => payload.length === 0);
  t.is(server.stats().retainedBytes, 0);
  t.deepEqual([client.texts('b'), other.texts('b')], [[], []], 'and is not passed on');
});

test('no session is kept for a client that asks for one', async (t) => {
  const server = await serve(t);
  const options = { clean: false, clientId: 'keeper' };
  const keeper = await Listener.connect(t, server.url, 'news', options);
  await keeper.client.endAsync();
  const writer = await Listener.connect(t, server.url, 'news');
  await writer.client.publishAsync('news', '{"missed": true}', { qos: 1 });
  await writer.hear('news');
  const back = mqtt.connect(server.url, { ...options, reconnectPeriod: 0 });
  t.teardown(() => back.endAsync(true));
  const { sessionPresent } = await new Promise<IConnackPacket>((resolve) => back.once('connect', resolve));
  t.false(sessionPresent);
  t.deepEqual(json(await writer.hear('news')), { missed: true });
});
