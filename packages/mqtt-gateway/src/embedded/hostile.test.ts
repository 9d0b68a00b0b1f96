import { FakeHub, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { Listener, run, says } from '../client.fixture.js';
import type { MqttGatewayOptions } from '../options.js';
import { connectPacket, number, packet, publishPacket, RawClient, subscribePacket } from '../raw-client.fixture.js';

const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBREL = 0x62;
const SUBACK = 0x90;

/** A gateway with an embedded server, and a client that subscribes to everything. */
async function begin(t: ExecutionContext, options: Partial<MqttGatewayOptions> = {}) {
  const running = await run(t, { embedded: { port: 0 }, clientId: 'hub', ...options }, new FakeHub('garage'));
  const { gateway } = running;
  await until(() => gateway.stats().link?.connected === true);
  const url = gateway.stats().link?.server ?? '';
  const port = Number(new URL(url).port);
  const listener = await Listener.connect(t, url);
  await listener.hear('framehub/garage/available', says('online'));
  const refused = () => gateway.stats().embedded?.refused ?? {};
  return { ...running, url, port, listener, refused };
}

test('messages of QoS 2 that are never released are acknowledged, and beyond a thousand go nowhere', async (t) => {
  const { port, listener, refused } = await begin(t);
  const client = await RawClient.connect(t, port);
  for (let id = 1; id <= 1500; id++) {
    client.send(publishPacket('bulk', 'x', { qos: 2, id }));
    const answer = await client.answer();
    t.deepEqual([answer[0], answer.readUInt16BE(2)], [PUBREC, id]);
  }
  t.is(refused()['in-flight'], 500);
  await until(() => listener.texts('bulk').length === 1000);
  // The same id again is the same message.
  client.send(publishPacket('bulk', 'again', { qos: 2, id: 1 }), packet(PUBREL, number(1)));
  t.is((await client.answer())[0], PUBREC);
  t.is((await client.answer())[0], 0x70);
  client.send(publishPacket('bulk', 'anew', { qos: 2, id: 1 }));
  await listener.hear('bulk', says('anew'));
  t.false(listener.texts('bulk').includes('again'));
});

const FORGED = [
  'framehub/available',
  'framehub/garage/available',
  'framehub/garage/snapshot',
  'framehub/garage/enabled/state',
  'framehub/other/available',
  'framehub',
  'homeassistant/device/framehub_pi4_garage/config',
  'homeassistant/device/framehub_pi4_other/config',
];

for (const qos of [0, 1, 2] as const)
  test(`no client publishes as framehub, but each message is acknowledged (QoS ${qos})`, async (t) => {
    const { port, listener, refused } = await begin(t);
    const client = await RawClient.connect(t, port);
    for (const [id, topic] of FORGED.entries()) {
      client.send(publishPacket(topic, 'forged', { qos, id: id + 1, retain: true }));
      if (qos > 0) t.is((await client.answer())[0], qos === 1 ? PUBACK : PUBREC);
    }
    await client.settled();
    await until(() => refused()['own-topic'] === FORGED.length);
    client.send(publishPacket('after', 'this'));
    await listener.hear('after');
    t.false(listener.heard.some(({ payload }) => payload.toString() === 'forged'));
    const late = await Listener.connect(t, `mqtt://127.0.0.1:${port}`, 'framehub/available');
    await late.hear('framehub/available', says('online'));
  });

test('no client publishes as framehub by its will', async (t) => {
  const { port, listener, refused } = await begin(t);
  const topics = ['framehub/available', '$SYS/x', 'a/#', 'x'.repeat(2000)];
  for (const topic of topics) {
    const client = await RawClient.connect(t, port, { will: { topic, payload: 'forged' } });
    client.socket.destroy();
  }
  const large = await RawClient.connect(t, port, { will: { topic: 'large', payload: 'x'.repeat(20_000) } });
  large.socket.destroy();
  const other = await RawClient.connect(t, port, { will: { topic: 'my/will', payload: 'kept' } });
  other.socket.destroy();
  await listener.hear('my/will', says('kept'));
  await until(() => refused()['own-topic'] === 1 && refused().topic === 2 && refused().will === 2);
  t.false(listener.heard.some(({ topic }) => topics.includes(topic) && topic !== 'framehub/available'));
  t.deepEqual(listener.texts('framehub/available'), ['online']);
});

test("no client takes over framehub's connection by its client id", async (t) => {
  const { port, gateway, refused } = await begin(t);
  await t.throwsAsync(RawClient.connect(t, port, { id: 'hub' }), { message: 'CONNACK 2' });
  await t.throwsAsync(RawClient.connect(t, port, { id: 'x'.repeat(1000) }), { message: 'CONNACK 2' });
  t.is(refused()['client-id'], 2);
  t.like(gateway.stats().link, { connected: true, connects: 1 });
});

test("framehub's own connection is not one of those that clients can take", async (t) => {
  const { port, gateway, hub, listener } = await begin(t, { embedded: { port: 0, maxConnections: 3 } });
  await RawClient.connect(t, port);
  await RawClient.connect(t, port);
  await t.throwsAsync(RawClient.connect(t, port));
  await hub.camera('garage').change({ enabled: false });
  await listener.hear('framehub/garage/available', says('offline'));
  t.is(gateway.stats().embedded?.clients, 4);
  // On Linux all of 127.0.0.0/8 is local.
  const stranger = await RawClient.connect(t, port, { from: '127.0.0.2' });
  await stranger.settled();
});

test('a topic that is too long or has too many levels is refused, and the client stays connected', async (t) => {
  const { port, listener, refused } = await begin(t);
  const client = await RawClient.connect(t, port);
  const topics = ['x'.repeat(1025), 'x'.repeat(65_000), 'a/'.repeat(40), 'a/'.repeat(500), '$SYS/uptime'];
  for (const topic of topics) {
    client.send(publishPacket(topic, 'x', { qos: 1 }), subscribePacket(7, topic, 'fine/#'));
    t.is((await client.answer())[0], PUBACK);
    const granted = await client.answer();
    t.is(granted[0], SUBACK);
    if (topic !== '$SYS/uptime') t.deepEqual([...granted.subarray(-2)], [0x80, 0]);
  }
  t.is(refused().topic, topics.length);
  t.is(refused().subscriptions, topics.length - 1);
  await client.settled();
  t.false(listener.heard.some(({ topic }) => topics.includes(topic)));
});

test('subscriptions are limited, by client and by address', async (t) => {
  const { port, refused } = await begin(t);
  const filters = (from: number, count: number) => Array.from({ length: count }, (_, at) => `s/${from + at}`);
  const client = await RawClient.connect(t, port);
  client.send(subscribePacket(1, ...filters(0, 1001)));
  const granted = await client.answer();
  t.is(granted.filter((code) => code === 0x80).length, 1);
  client.send(packet(0xa2, number(2), Buffer.from([0, 3]), Buffer.from('s/0')));
  await client.answer();
  client.send(subscribePacket(3, 's/new'));
  t.is((await client.answer()).at(-1), 0, 'what was given back may be taken again');
  for (let more = 0; more < 8; more++) {
    const other = await RawClient.connect(t, port);
    other.send(subscribePacket(1, ...filters(0, 1000)));
    await other.answer();
  }
  t.true((refused().subscriptions ?? 0) > 500, 'all of one address together');
  const neighbour = await RawClient.connect(t, port, { from: '127.0.0.2' });
  neighbour.send(subscribePacket(1, 'framehub/#'));
  t.is((await neighbour.answer()).at(-1), 0, 'and another address has its own');
});

test('the packets of a client that does not read are not processed, and it delays no other', async (t) => {
  const { port, listener, url } = await begin(t);
  const client = await RawClient.connect(t, port);
  client.socket.pause();
  const pings = Buffer.alloc(60_000, Buffer.from([0xc0, 0]));
  let isHeldUp = false;
  for (let sent = 0; sent < 100_000_000 && !isHeldUp; sent += pings.length) {
    isHeldUp = !client.socket.write(pings) && !(await Promise.race([drained(client), pause(listener)]));
  }
  t.true(isHeldUp, 'the socket is full at last');
  const other = await Listener.connect(t, url, 'framehub/available');
  await other.hear('framehub/available', says('online'));
});

const drained = (client: RawClient) =>
  new Promise<boolean>((resolve) => client.socket.once('drain', () => resolve(true)));

/** Waits for as long as the server takes for a hundred messages. */
async function pause(listener: Listener): Promise<boolean> {
  for (let at = 0; at < 100; at++) {
    await listener.client.publishAsync(`pause/${at}`, 'x', { qos: 1 });
    await listener.hear(`pause/${at}`);
  }
  listener.forget();
  return false;
}

test('the memory of incomplete packets is limited, and short packets always pass', async (t) => {
  const { port, refused, listener } = await begin(t);
  const unfinished = publishPacket('u', Buffer.alloc(1_900_000)).subarray(0, -1);
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(t, port)));
  for (const client of clients) client.send(unfinished);
  await until(() => (refused().unfinished ?? 0) >= 10);
  const other = await RawClient.connect(t, port, { from: '127.0.0.2' });
  other.send(publishPacket('large', Buffer.alloc(1_000_000), { qos: 1 }));
  t.is((await other.answer())[0], PUBACK, 'the other address keeps its connection');
  await listener.hear('large');
});

test('a connection without CONNECT is closed after a while, or when another address needs its place', async (t) => {
  const { port, refused } = await begin(t, { embedded: { port: 0, maxConnections: 4 } });
  for (let at = 0; at < 3; at++) (await RawClient.open(t, port)).send(Buffer.from([0x10]));
  await (await RawClient.connect(t, port, { from: '127.0.0.2' })).settled();
  t.is(refused().connections, 1);
});

test("neither a message that is too large nor a flood ends or blocks framehub's connection", async (t) => {
  const { port, listener, gateway, refused } = await begin(t);
  const client = await RawClient.connect(t, port);
  const large = Buffer.alloc(1_900_000, 'x');
  for (const retain of [false, true])
    for (const topic of ['framehub/garage/enabled/set', 'homeassistant/status', 'homeassistant/device/x/config'])
      client.send(publishPacket(topic, large, { retain }));
  for (let at = 0; at < 20_000; at++) client.send(publishPacket('homeassistant/status', 'online'));
  await client.settled();
  t.true((refused().slow ?? 0) >= 6);
  listener.forget();
  const other = await RawClient.connect(t, port);
  other.send(publishPacket('framehub/garage/enabled/set', 'OFF'));
  await listener.hear('framehub/garage/enabled/state', says('OFF'));
  t.like(gateway.stats().link, { connected: true, connects: 1 });
});

test('commands of QoS 0, 1 and 2 from this machine are executed', async (t) => {
  const { port, listener } = await begin(t);
  const client = await RawClient.connect(t, port);
  for (const qos of [0, 1, 2] as const)
    for (const state of ['OFF', 'ON']) {
      listener.forget();
      client.send(publishPacket('framehub/garage/enabled/set', state, { qos }), packet(PUBREL, number(1)));
      await listener.hear('framehub/garage/enabled/state', says(state));
    }
  t.pass();
});

test('on an address that other machines reach, commands need a user', async (t) => {
  const lines: string[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (_: object, line: string) => lines.push(line) };
  const open = await begin(t, { embedded: { port: 0, host: '0.0.0.0' }, logger });
  const command = publishPacket('framehub/garage/enabled/set', 'OFF', { qos: 1 });
  const client = await RawClient.connect(t, open.port);
  client.send(command);
  t.is((await client.answer())[0], PUBACK);
  await until(() => open.refused().anonymous === 1);
  t.true(open.hub.camera('garage').settings().enabled);
  t.is(lines.filter((line) => /commands to cameras are refused: set user and password/.test(line)).length, 1);
  client.send(publishPacket('homeassistant/status', 'online'), publishPacket('news', 'x'));
  await open.listener.hear('news');
});

test('an authenticated client may send commands', async (t) => {
  const embedded = { port: 0, host: '0.0.0.0', user: 'me', password: 'secret' };
  const { gateway, hub } = await run(t, { embedded }, new FakeHub('garage'));
  await until(() => gateway.stats().link?.connected === true);
  const client = await Listener.connect(t, gateway.stats().link?.server ?? '', '#', {
    username: 'me',
    password: 'secret',
  });
  await client.hear('framehub/garage/available', says('online'));
  await client.client.publishAsync('framehub/garage/enabled/set', 'OFF', { qos: 1 });
  await client.hear('framehub/garage/enabled/state', says('OFF'));
  t.false(hub.camera('garage').settings().enabled);
});

test('clients that connect and disconnect leave nothing behind', async (t) => {
  const { port, gateway } = await begin(t);
  for (let at = 0; at < 300; at++) {
    const client = await RawClient.open(t, port);
    client.send(
      connectPacket(`come-and-go-${at}`, { topic: 'gone', payload: 'x' }),
      subscribePacket(1, 'a', 'b'),
      packet(PUBACK, number(1)),
      packet(0xe0),
    );
    while (!client.socket.destroyed) await client.answer().catch(() => {});
  }
  await until(() => gateway.stats().embedded?.clients === 2);
  t.deepEqual(gateway.stats().embedded?.refused, {});
});
