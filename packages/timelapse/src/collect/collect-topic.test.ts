import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@framehub/testing';
import anyTest, { type TestFn } from 'ava';
import { jpegLike, temporaryFolder } from '../snapshots.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { hasMosquitto, hasWebSockets, MqttServer, websocketListener } from '../sources/mqtt-server.fixture.js';
import { startOldMqttServer } from '../sources/old-mqtt-server.fixture.js';
import { Collecting, collected, indexLines } from './collecting.fixture.js';

if (!hasMosquitto) console.warn('SKIPPED: mosquitto is not installed, so nothing was collected from MQTT topics');
const test = (hasMosquitto ? anyTest : anyTest.skip) as TestFn;

const TOPIC = 'frigate/door/person/snapshot';

test('a plain JPEG on any MQTT topic is stored with its time of arrival', async (t) => {
  const [out, server] = [temporaryFolder(t), await MqttServer.start(t)];
  const { client } = await MqttHub.connect(t, server, 4);
  await client.publishAsync(TOPIC, jpegLike(1), { retain: true });
  const collecting = new Collecting(t, { out, mqtt: server.url, topic: TOPIC, onMessage: true });
  await collecting.connected();
  const before = Date.now();
  await client.publishAsync(TOPIC, jpegLike(2));
  await client.publishAsync(TOPIC, jpegLike(2));
  await client.publishAsync(TOPIC, jpegLike(3));
  await collecting.stored(2);
  t.like(await collecting.stop(), { repeated: 1, missing: 0 });
  t.deepEqual(collected(out), [2, 3], 'neither what was published before nor what arrived twice');
  const [, time = ''] = indexLines(out)[0]?.split(',') ?? [];
  t.true(Date.parse(time) >= before && Date.parse(time) <= Date.now());
});

test('a snapshot of unknown time that was published during a disconnection is stored once', async (t) => {
  const [out, server] = [temporaryFolder(t), await MqttServer.start(t)];
  const { client } = await MqttHub.connect(t, server, 4);
  const collecting = new Collecting(t, { out, mqtt: server.url, topic: TOPIC, onMessage: true });
  await collecting.connected();
  await client.publishAsync(TOPIC, jpegLike(1), { qos: 1, retain: true });
  await collecting.stored(1);
  for (const number of [1, 2]) {
    await server.stop();
    await server.start();
    await client.publishAsync(TOPIC, jpegLike(number), { qos: 1, retain: true });
    await collecting.connected(number + 1);
  }
  await collecting.stored(2);
  await collecting.stop();
  t.deepEqual(collected(out), [1, 2]);
});

test('at intervals the newest snapshot of an MQTT topic is stored, without a request', async (t) => {
  const [out, server] = [temporaryFolder(t), await MqttServer.start(t)];
  const hub = await MqttHub.connect(t, server);
  const collecting = new Collecting(t, { out, mqtt: server.url, topic: TOPIC, every: '500ms' });
  await collecting.connected();
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  await Promise.all(numbers.map((number) => hub.client.publishAsync(TOPIC, jpegLike(number), { qos: 1 })));
  while (collected(out).at(-1) !== 20) await collecting.stored((collecting.latest?.stored ?? 0) + 1);
  const { reasons, stored } = await collecting.stop();
  t.is(reasons.overrun, undefined, 'snapshots between two ticks are not counted');
  t.true(stored < 20);
  t.deepEqual(hub.requests, []);
});

test('a server without MQTT 5 is used with MQTT 3.1.1', async (t) => {
  const [out, server] = [temporaryFolder(t), await MqttServer.start(t)];
  const old = await startOldMqttServer(t, server);
  const hub = await MqttHub.connect(t, server, 4);
  hub.answer = (_, number) => void hub.publish(number);
  const collecting = new Collecting(t, { out, mqtt: old.url, camera: 'garage', every: '20ms', timeout: '60s' });
  await collecting.stored(2);
  await collecting.stop();
  t.is(old.refused, 1);
  t.deepEqual(collecting.problems, []);
  t.deepEqual(collected(out).slice(0, 2), [1, 2]);
});

test('an MQTT server that is not running yet is tried again', async (t) => {
  const [out, server] = [temporaryFolder(t), await MqttServer.start(t)];
  await server.stop();
  const collecting = new Collecting(t, { out, mqtt: server.url, topic: TOPIC, every: '20ms' });
  await collecting.missing('unreachable');
  t.is(collecting.latest?.problem, `${server.url}: connection refused`);
  await server.start();
  await collecting.connected();
  await (await MqttHub.connect(t, server)).client.publishAsync(TOPIC, jpegLike(1), { qos: 1 });
  await collecting.stored(1);
  t.deepEqual(collected(out), [1]);
});

test('the signal ends collecting, connected or not', async (t) => {
  const server = await MqttServer.start(t);
  for (const mqtt of [server.url, 'mqtt://127.0.0.1:9']) {
    const collecting = new Collecting(t, { out: temporaryFolder(t), mqtt, topic: TOPIC, onMessage: true });
    if (mqtt === server.url) await collecting.connected();
    t.like(await collecting.stop(), { stored: 0 });
  }
});

test('user name and password are sent, and a refusal is reported without them', async (t) => {
  const passwords = join(temporaryFolder(t), 'passwords');
  const made = spawnSync('mosquitto_passwd', ['-c', '-b', passwords, 'ann', 'secret']);
  t.is(made.status, 0, String(made.stderr));
  spawnSync('chmod', ['-R', 'a+rX', join(passwords, '..')]);
  const server = await MqttServer.start(t, `allow_anonymous false\npassword_file ${passwords}`);
  const options = { topic: TOPIC, onMessage: true };
  const admitted = new Collecting(t, {
    ...options,
    out: temporaryFolder(t),
    mqtt: server.url.replace('//', '//ann:secret@'),
  });
  await admitted.connected();
  const refused = new Collecting(t, {
    ...options,
    ...{ out: temporaryFolder(t), mqtt: server.url, username: 'ann', password: 'wrong-secret', every: '20ms' },
    onMessage: false,
  });
  await refused.missing('unreachable');
  t.regex(refused.latest?.problem ?? '', /^mqtt:\/\/127\.0\.0\.1:\d+: Connection refused: Not authorized$/);
  t.notRegex([...refused.log, ...admitted.log].join(), /secret/);
});

test('an MQTT server may withhold optional topics', async (t) => {
  const folder = temporaryFolder(t);
  const rules = join(folder, 'rules');
  const lines = ['readwrite framehub/garage/snapshot', 'readwrite framehub/garage/snapshot/get', 'write #'];
  writeFileSync(rules, lines.map((line) => `topic ${line}\n`).join(''));
  spawnSync('chmod', ['-R', 'a+rX', folder]);
  const server = await MqttServer.start(t, `allow_anonymous true\nacl_file ${rules}`);
  const hub = await MqttHub.connect(t, server);
  // As a hub does: the answer goes to the response topic, if there is one.
  hub.answer = (packet, number) => {
    if (packet.properties?.responseTopic !== undefined) hub.reply(packet, number);
    else void hub.publish(number);
  };
  const out = temporaryFolder(t);
  const collecting = new Collecting(t, { out, mqtt: server.url, camera: 'garage', every: '20ms', timeout: '10s' });
  await collecting.stored(2);
  await collecting.stop();
  t.is(collected(out)[0], 2, 'the first answer was withheld');
});

if (hasMosquitto && !hasWebSockets) console.warn('SKIPPED: this mosquitto has no WebSockets');
(hasWebSockets ? test : test.skip)('MQTT works over WebSockets', async (t) => {
  const port = await freePort();
  const server = await MqttServer.start(t, `${websocketListener(port)}\nallow_anonymous true`);
  const { client } = await MqttHub.connect(t, server);
  const out = temporaryFolder(t);
  const collecting = new Collecting(t, { out, mqtt: `ws://127.0.0.1:${port}/mqtt`, topic: TOPIC, onMessage: true });
  await collecting.connected();
  await client.publishAsync(TOPIC, jpegLike(3));
  await collecting.stored(1);
  t.deepEqual(collected(out), [3]);
});
