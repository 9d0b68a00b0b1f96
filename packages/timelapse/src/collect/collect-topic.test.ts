import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@framehub/testing';
import anyTest, { type TestFn } from 'ava';
import { jpegLike, temporaryFolder } from '../pictures.fixture.js';
import { Broker, hasMosquitto, skipWithoutWebSockets, websockets } from '../sources/broker.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { startOldBroker } from '../sources/old-broker.fixture.js';
import { Collecting, collected, indexLines } from './collecting.fixture.js';

if (!hasMosquitto) console.warn('SKIPPED: mosquitto is not installed, so no topics were read');
const test = (hasMosquitto ? anyTest : anyTest.skip) as TestFn;

const TOPIC = 'frigate/door/person/snapshot';

test('any bare JPEG on any topic is a picture, of the time when it came', async (t) => {
  const [out, broker] = [temporaryFolder(t), await Broker.start(t)];
  const { client } = await MqttHub.connect(t, broker, 4);
  await client.publishAsync(TOPIC, jpegLike(1), { retain: true });
  const collecting = new Collecting(t, { out, mqtt: broker.url, topic: TOPIC, onMessage: true });
  await collecting.connected();
  const before = Date.now();
  await client.publishAsync(TOPIC, jpegLike(2));
  await client.publishAsync(TOPIC, jpegLike(2));
  await client.publishAsync(TOPIC, jpegLike(3));
  await collecting.stored(2);
  t.like(await collecting.stop(), { repeated: 1, missing: 0 });
  t.deepEqual(collected(out), [2, 3], 'neither what had been there before nor what came twice');
  const [, time = ''] = indexLines(out)[0]?.split(',') ?? [];
  t.true(Date.parse(time) >= before && Date.parse(time) <= Date.now());
});

test('a picture of unknown time that was published while we were away is stored, once', async (t) => {
  const [out, broker] = [temporaryFolder(t), await Broker.start(t)];
  const { client } = await MqttHub.connect(t, broker, 4);
  const collecting = new Collecting(t, { out, mqtt: broker.url, topic: TOPIC, onMessage: true });
  await collecting.connected();
  await client.publishAsync(TOPIC, jpegLike(1), { qos: 1, retain: true });
  await collecting.stored(1);
  for (const number of [1, 2]) {
    await broker.stop();
    await broker.start();
    await client.publishAsync(TOPIC, jpegLike(number), { qos: 1, retain: true });
    await collecting.connected(number + 1);
  }
  await collecting.stored(2);
  await collecting.stop();
  t.deepEqual(collected(out), [1, 2]);
});

test('at intervals the newest picture of a topic is taken, and nobody is asked', async (t) => {
  const [out, broker] = [temporaryFolder(t), await Broker.start(t)];
  const hub = await MqttHub.connect(t, broker);
  const collecting = new Collecting(t, { out, mqtt: broker.url, topic: TOPIC, every: '500ms' });
  await collecting.connected();
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  await Promise.all(numbers.map((number) => hub.client.publishAsync(TOPIC, jpegLike(number), { qos: 1 })));
  while (collected(out).at(-1) !== 20) await collecting.stored((collecting.latest?.stored ?? 0) + 1);
  const { reasons, stored } = await collecting.stop();
  t.is(reasons.overrun, undefined, 'thinning is no loss');
  t.true(stored < 20);
  t.deepEqual(hub.requests, []);
});

test('a broker without MQTT 5 is spoken to in its own way', async (t) => {
  const [out, broker] = [temporaryFolder(t), await Broker.start(t)];
  const old = await startOldBroker(t, broker);
  const hub = await MqttHub.connect(t, broker, 4);
  hub.answer = (_, number) => void hub.publish(number);
  const collecting = new Collecting(t, { out, mqtt: old.url, camera: 'garage', every: '20ms', patience: '60s' });
  await collecting.stored(2);
  await collecting.stop();
  t.is(old.refused, 1);
  t.deepEqual(collecting.problems, []);
  t.deepEqual(collected(out).slice(0, 2), [1, 2]);
});

test('a broker that is not there yet is waited for', async (t) => {
  const [out, broker] = [temporaryFolder(t), await Broker.start(t)];
  await broker.stop();
  const collecting = new Collecting(t, { out, mqtt: broker.url, topic: TOPIC, every: '20ms' });
  await collecting.missing('unreachable');
  t.is(collecting.latest?.problem, `${broker.url}: nobody listens there`);
  await broker.start();
  await collecting.connected();
  await (await MqttHub.connect(t, broker)).client.publishAsync(TOPIC, jpegLike(1), { qos: 1 });
  await collecting.stored(1);
  t.deepEqual(collected(out), [1]);
});

test('the signal ends it, connected or not', async (t) => {
  const broker = await Broker.start(t);
  for (const mqtt of [broker.url, 'mqtt://127.0.0.1:9']) {
    const collecting = new Collecting(t, { out: temporaryFolder(t), mqtt, topic: TOPIC, onMessage: true });
    if (mqtt === broker.url) await collecting.connected();
    t.like(await collecting.stop(), { stored: 0 });
  }
});

test('name and password are sent, and a refusal is shown without them', async (t) => {
  const passwords = join(temporaryFolder(t), 'passwords');
  const made = spawnSync('mosquitto_passwd', ['-c', '-b', passwords, 'ann', 'secret']);
  t.is(made.status, 0, String(made.stderr));
  spawnSync('chmod', ['-R', 'a+rX', join(passwords, '..')]);
  const broker = await Broker.start(t, `allow_anonymous false\npassword_file ${passwords}`);
  const options = { topic: TOPIC, onMessage: true };
  const admitted = new Collecting(t, {
    ...options,
    out: temporaryFolder(t),
    mqtt: broker.url.replace('//', '//ann:secret@'),
  });
  await admitted.connected();
  const refused = new Collecting(t, {
    ...options,
    ...{ out: temporaryFolder(t), mqtt: broker.url, username: 'ann', password: 'wrong-secret', every: '20ms' },
    onMessage: false,
  });
  await refused.missing('unreachable');
  t.regex(refused.latest?.problem ?? '', /^mqtt:\/\/127\.0\.0\.1:\d+: Connection refused: Not authorized$/);
  t.notRegex([...refused.log, ...admitted.log].join(), /secret/);
});

test('a broker may keep topics from us: those that only help are done without', async (t) => {
  const folder = temporaryFolder(t);
  const rules = join(folder, 'rules');
  const lines = ['readwrite framehub/garage/snapshot', 'readwrite framehub/garage/snapshot/get', 'write #'];
  writeFileSync(rules, lines.map((line) => `topic ${line}\n`).join(''));
  spawnSync('chmod', ['-R', 'a+rX', folder]);
  const broker = await Broker.start(t, `allow_anonymous true\nacl_file ${rules}`);
  const hub = await MqttHub.connect(t, broker);
  // As a hub does: who names a topic for the answer gets it there.
  hub.answer = (packet, number) => {
    if (packet.properties?.responseTopic !== undefined) hub.reply(packet, number);
    else void hub.publish(number);
  };
  const out = temporaryFolder(t);
  const collecting = new Collecting(t, { out, mqtt: broker.url, camera: 'garage', every: '20ms', patience: '10s' });
  await collecting.stored(2);
  await collecting.stop();
  t.is(collected(out)[0], 2, 'the first answer did not reach us');
});

test('a broker may be behind a WebSocket', async (t) => {
  const port = await freePort();
  const broker = await Broker.start(t, `${websockets(port)}\nallow_anonymous true`).catch(skipWithoutWebSockets);
  if (!broker) return t.pass();
  const { client } = await MqttHub.connect(t, broker);
  const out = temporaryFolder(t);
  const collecting = new Collecting(t, { out, mqtt: `ws://127.0.0.1:${port}/mqtt`, topic: TOPIC, onMessage: true });
  await collecting.connected();
  await client.publishAsync(TOPIC, jpegLike(3));
  await collecting.stored(1);
  t.deepEqual(collected(out), [3]);
});
