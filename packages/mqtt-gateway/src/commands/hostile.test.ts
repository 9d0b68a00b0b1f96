import { play, until } from '@framehub/testing';
import type { IClientPublishOptions } from 'mqtt';
import { json, Listener, run, says } from '../client.fixture.js';
import { SERVERS } from '../servers.fixture.js';

for (const { name, test, start } of SERVERS) {
  test(`${name}: hostile commands are counted and logged once per kind, and the others are executed`, async (t) => {
    const server = await start(t);
    const lines: string[] = [];
    const logger = {
      debug() {},
      info() {},
      error: () => t.fail(),
      warn: (_: object, text: string) => lines.push(text),
    };
    const { hub, gateway } = await run(t, { url: server.url, logger });
    const client = await Listener.connect(t, server.url);
    await client.hear('framehub/available');
    const say = (topic: string, payload: string | Buffer, options: IClientPublishOptions = {}) =>
      client.client.publish(`framehub/${topic}`, payload, { qos: 1, ...options });
    const hostile: readonly (readonly [string, string | Buffer])[] = [
      ['garage/snapshot/get', Buffer.alloc(900_000, 'x')],
      ['garage/snapshot/get', Buffer.from([0xff, 0xfe, 0, 1])],
      ['garage/snapshot/get', '['.repeat(4000)],
      ['garage/snapshot/get', '{"width": {}}'],
      ['garage/snapshot/get', '{"__proto__": {"fresh": true}}'],
      ['garage/snapshot/get', '{"size": "0x0", "id": {"a": 1}}'],
      ['garage/snapshot/get', 'null'],
      ['garage/snapshot/get', '"max"'],
      ['garage/enabled/set', ''],
      ['garage/enabled/set', 'perhaps\nnot'],
      ['garage/control/brightness/set', '9'.repeat(300)],
      ['garage/control/brightness/set', '1e3'],
      ['garage/control/gamma/set', '1'],
      ['garage/profile/set', '../../etc'],
      ['garage/frame/request', '{"fps": -1}'],
      ['nobody/enabled/set', 'OFF'],
      ['__proto__/enabled/set', 'OFF'],
    ];
    for (const [topic, payload] of hostile) say(topic, payload);
    // These topics are not commands.
    say('garage/control/BRIGHTNESS/set', '1');
    say('garage//set', '1');
    say('/enabled/set', '1');
    const refused = () => Object.values(gateway.stats().problems).reduce((sum, count) => sum + count, 0);
    await until(() => refused() >= hostile.length);
    t.is(refused(), hostile.length);
    t.deepEqual(gateway.stats().commands.accepted, {});
    t.is(lines.length, Object.keys(gateway.stats().problems).length, 'each kind is logged once');
    t.true(lines.every((line) => line.length < 300 && !line.includes('\n')));

    t.like(hub.camera('garage').settings(), { enabled: true, profile: 'day' });
    say('garage/enabled/set', 'OFF');
    await client.hear('framehub/garage/enabled/state', says('OFF'));
    t.true(gateway.stats().messages.remembered.messages < 30);
  });

  test(`${name}: most commands of a flood are dropped unread, and other commands and cameras go on`, async (t) => {
    const server = await start(t);
    const lines: string[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (_: object, text: string) => lines.push(text) };
    const { hub, gateway } = await run(t, { url: server.url, logger, camera: { every: 100 } });
    play(t, hub.camera('printer'));
    const client = await Listener.connect(t, server.url, ['framehub/+/available', 'framehub/+/enabled/state']);
    await client.hear('framehub/garage/available');
    const flood = await Listener.connect(t, server.url, 'nothing');
    const since = performance.now();
    for (let i = 0; i < 3000; i++) flood.client.publish('framehub/garage/control/brightness/set', 'x'.repeat(300));
    for (let i = 0; i < 300; i++) flood.client.publish('framehub/garage/snapshot/get', '{"id": 1}');
    for (let i = 0; i < 300; i++) flood.client.publish(`framehub/nobody${i}/enabled/set`, 'OFF');
    // QoS 1: a server may drop other messages of a flood.
    await flood.client.publishAsync('framehub/garage/enabled/set', 'OFF', { qos: 1 });
    await client.hear('framehub/garage/enabled/state', says('OFF'));
    const { problems, cameras, link } = gateway.stats();
    t.true((problems['control flood'] ?? 0) > 0 && (problems['enabled flood'] ?? 0) > 0);
    const allowed = 64 + 16 * ((performance.now() - since) / 1000);
    for (const kind of ['control', 'enabled']) {
      const read = Object.entries(problems).filter(
        ([reason]) => reason.startsWith(`${kind} `) && !reason.endsWith(' flood'),
      );
      t.true(read.reduce((sum, [, count]) => sum + count, 0) <= allowed, JSON.stringify(problems));
    }
    t.true(lines.filter((line) => /too many commands arrive at once/.test(line)).length <= 3, 'once for each kind');
    const { snapshots = 0 } = cameras.find((camera) => camera.name === 'printer') ?? {};
    await until(
      () => (gateway.stats().cameras.find((camera) => camera.name === 'printer')?.snapshots ?? 0) > snapshots,
    );
    t.is(link?.connects, 1);
  });

  test(`${name}: a command that the server retained from before is not executed`, async (t) => {
    const server = await start(t);
    const client = await Listener.connect(t, server.url);
    await client.client.publishAsync('framehub/garage/enabled/set', 'OFF', { qos: 1, retain: true });
    const { hub, gateway } = await run(t, { url: server.url });
    await until(() => gateway.stats().problems['enabled MQTT_RETAINED_COMMAND'] === 1);
    t.true(hub.camera('garage').settings().enabled);
    // Published while the gateway is subscribed, it is a command like any other.
    await client.client.publishAsync('framehub/garage/enabled/set', 'OFF', { qos: 1, retain: true });
    await client.hear('framehub/garage/enabled/state', says('OFF'));
    t.false(hub.camera('garage').settings().enabled);
  });
}

/** As JSON, since half a surrogate has no UTF-8. */
const UNSENDABLE = [
  '\\u0000',
  '\\u0001',
  '\\u001f',
  '\\u007f',
  '\\u0085',
  '\\ud800',
  '\\ufdd0',
  '\\ufffe',
  '\\udbff\\udfff',
];

SERVERS[1]?.test('mosquitto: a response never has characters on which the server closes the connection', async (t) => {
  const server = await SERVERS[1]?.start(t);
  const { hub, gateway } = await run(t, { url: server?.url });
  const client = await Listener.connect(t, server?.url ?? '', '#', { protocolVersion: 5 });
  await client.hear('framehub/available');
  play(t, hub.camera('garage'));
  const ask = async (payload: string, answer = 'responses/me') => {
    client.forget();
    client.client.publish('framehub/garage/snapshot/get', payload, { qos: 1, properties: { responseTopic: answer } });
    return client.hear(answer);
  };
  for (const character of UNSENDABLE) {
    const { id, error } = json(await ask(`{"id": "a${character}b"}`));
    t.is(id, null);
    t.is(error.code, 'MQTT_BAD_COMMAND');
    t.regex(error.message, /^id must be a number, or a text of up to 256 printable characters, not a\P{C}b$/u);
  }
  t.is(json(await ask('{"id": "a\\u0001b", "width": 5}')).id, null);
  const { packet } = await ask('{"id": "garage 😀 é\u200d"}', 'responses/élan');
  t.is(packet.properties?.userProperties?.id, 'garage 😀 é\u200d');
  t.is(gateway.stats().link?.connects, 1, 'the connection was kept');
});
