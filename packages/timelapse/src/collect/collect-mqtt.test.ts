import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { jpegLike } from '../snapshots.fixture.js';
import { MqttHub } from '../sources/mqtt-hub.fixture.js';
import { hasMosquitto } from '../sources/mqtt-server.fixture.js';
import { Collecting, collected, indexLines } from './collecting.fixture.js';
import { setUp } from './mqtt-set-up.fixture.js';

if (!hasMosquitto) console.warn('SKIPPED: mosquitto is not installed, so nothing was collected over MQTT');
const test = (hasMosquitto ? anyTest : anyTest.skip) as TestFn;

const VERSIONS = [
  ['MQTT 5', 5],
  ['MQTT 3.1.1', 4],
] as const;

for (const [name, version] of VERSIONS) {
  test(`${name}: each published snapshot is stored, with its time and sequence`, async (t) => {
    const { hub, out, each } = await setUp(t, version);
    const collecting = new Collecting(t, each);
    await collecting.connected();
    for (const number of [7, 8, 9]) await hub.publish(number, jpegLike(number, 100 + number));
    await collecting.stored(3);
    t.like(await collecting.stop(), { missing: 0, repeated: 0 });
    t.deepEqual(collected(out), [7, 8, 9]);
    t.deepEqual(indexLines(out), [
      '1,2026-11-24T12:00:07.000Z,7',
      '2,2026-11-24T12:00:08.000Z,8',
      '3,2026-11-24T12:00:09.000Z,9',
    ]);
  });

  test(`${name}: a snapshot that was published before the connection is not stored`, async (t) => {
    const { hub, out, each } = await setUp(t, version);
    await hub.publish(1, jpegLike(1, 101));
    // Noon of this test may be in the future; the stored snapshot is as new as the retained one.
    writeFileSync(join(out, 'index.csv'), 'number,time,sequence\n4,2026-11-24T12:00:01.000Z,1\n');
    writeFileSync(join(out, '000004.jpg'), jpegLike(1, 101));
    const collecting = new Collecting(t, each);
    await collecting.connected();
    await hub.publish(2, jpegLike(2, 102));
    await collecting.stored(1);
    t.like(await collecting.stop(), { stored: 1, repeated: 0 });
    t.deepEqual(collected(out), [1, 2]);
  });

  test(`${name}: after a crash, a retained snapshot that is newer than the last one is stored`, async (t) => {
    const { hub, out, each } = await setUp(t, version);
    writeFileSync(join(out, 'index.csv'), 'number,time,sequence\n4,2026-11-24T12:00:01.000Z,1\n');
    writeFileSync(join(out, '000004.jpg'), jpegLike(1));
    await hub.publish(2, jpegLike(2, 102));
    const collecting = new Collecting(t, each);
    await collecting.stored(1);
    t.deepEqual(collected(out), [1, 2]);
  });

  test(`${name}: after the MQTT server restarts, what was published meanwhile is stored once`, async (t) => {
    t.timeout(80_000);
    const { server, hub, out, each } = await setUp(t, version);
    const collecting = new Collecting(t, each);
    await collecting.connected();
    for (const round of [1, 2, 3]) {
      await hub.publish(10 * round, jpegLike(10 * round, 100 + round));
      await collecting.stored(2 * round - 1);
      await server.stop();
      await server.start();
      await hub.publish(10 * round + 1, jpegLike(10 * round + 1, 200 + round));
      await collecting.stored(2 * round);
    }
    t.like(await collecting.stop(), { stored: 6, missing: 0 });
    t.deepEqual(collected(out), [10, 11, 20, 21, 30, 31]);
  });

  test(`${name}: at intervals the hub is requested to take a fresh snapshot`, async (t) => {
    const { hub, out, often } = await setUp(t, version);
    hub.answer = (packet, number) => {
      if (version === 5) hub.reply(packet, number);
      else void hub.publish(number, jpegLike(number, 100 + number));
    };
    const collecting = new Collecting(t, often);
    await collecting.stored(4);
    const { last } = await collecting.stop();
    t.deepEqual(collected(out).slice(0, 4), [1, 2, 3, 4]);
    t.is(last?.sequence, last?.number);
    t.true(hub.requests.every(({ fresh }) => fresh === true));
    t.is(new Set(hub.requests.map(({ id }) => id)).size, hub.requests.length, 'each request has its own ID');
  });

  test(`${name}: a hub that does not answer is reported, requested again, and then accepted`, async (t) => {
    const { hub, out, often } = await setUp(t, version);
    hub.answer = () => {};
    const collecting = new Collecting(t, { ...often, timeout: '1s' });
    await collecting.missing('timeout');
    t.is(collecting.latest?.problem, 'no answer to framehub/garage/snapshot/get within 1 s');
    hub.answer = () => void hub.publish(5);
    await collecting.stored(1);
    t.is((await collecting.stop()).problem, undefined);
    t.deepEqual(collected(out), [5]);
  });

  test(`${name}: a snapshot that is published again, as hubs do when they reconnect, is no answer`, async (t) => {
    const { hub, out, often } = await setUp(t, version);
    hub.answer = (_, number) => {
      void hub.publish(1, jpegLike(1, 101));
      if (number > 1) void hub.publish(number, jpegLike(number, 100 + number));
    };
    const collecting = new Collecting(t, often);
    await collecting.stored(3);
    t.like(await collecting.stop(), { repeated: 0 });
    t.deepEqual(collected(out).slice(0, 3), [1, 2, 3]);
  });

  test(`${name}: a refusal on the error topic is counted if it answers the own request`, async (t) => {
    const { hub, out, often } = await setUp(t, version);
    hub.answer = (_, number) => {
      if (number === 1) void hub.refuse('garage is switched off');
      else void hub.publish(number);
    };
    const collecting = new Collecting(t, often);
    await collecting.stored(1);
    t.is((await collecting.stop()).reasons['no-frame'], 1);
    t.true(collecting.problems.includes('garage is switched off'));
    t.is(collected(out)[0], 2);
  });
}

test('MQTT 5: only the answer to the last request counts', async (t) => {
  const { hub, out, often } = await setUp(t, 5);
  hub.answer = (packet, number) => {
    const foreign = { ...packet.properties, correlationData: Buffer.from('another') };
    hub.reply({ ...packet, properties: foreign }, 666);
    hub.reply(packet, number);
  };
  const collecting = new Collecting(t, often);
  await collecting.stored(2);
  await collecting.stop();
  t.deepEqual(collected(out).slice(0, 2), [1, 2]);
});

test('MQTT 5: a refusal and a placeholder are counted, and their message is reported', async (t) => {
  const { hub, out, often } = await setUp(t, 5);
  hub.answer = (packet, number) => {
    const id = hub.requests.at(-1)?.id;
    if (number === 1) hub.reply(packet, 1, JSON.stringify({ id, error: { message: 'garage is\nswitched off' } }));
    else if (number === 2) hub.reply(packet, 2, jpegLike(2), { placeholder: 'CAMERA UNPLUGGED' });
    else hub.reply(packet, number);
  };
  const collecting = new Collecting(t, often);
  await collecting.stored(1);
  t.is((await collecting.stop()).reasons['no-frame'], 2);
  t.deepEqual(collecting.problems, ['garage is switched off', 'the camera has no frame: CAMERA UNPLUGGED']);
  t.is(collected(out)[0], 3);
});

test('a hub with MQTT 3.1.1 at an MQTT 5 server publishes its answer for all, which is accepted', async (t) => {
  const { server, out, often } = await setUp(t, 5);
  const old = await MqttHub.connect(t, server, 4);
  old.answer = (_, number) => void old.publish(number);
  const collecting = new Collecting(t, often);
  await collecting.stored(2);
  await collecting.stop();
  t.deepEqual(collected(out).slice(0, 2), [1, 2]);
});

test('a message that is not a whole JPEG is counted, and not stored', async (t) => {
  const { hub, out, each } = await setUp(t, 5);
  const collecting = new Collecting(t, each);
  await collecting.connected();
  await hub.publish(1, Buffer.from('offline'));
  await hub.publish(2, jpegLike(2).subarray(0, 60));
  await hub.publish(3, Buffer.alloc(0));
  await hub.publish(4, Buffer.concat([jpegLike(4), Buffer.alloc(500)]));
  await collecting.stored(1);
  t.like(await collecting.stop(), { missing: 3, reasons: { 'not-jpeg': 1, truncated: 1, empty: 1 } });
  t.deepEqual(collected(out), [4]);
});

test('when snapshots arrive faster than they are stored, the newest are stored and the others counted', async (t) => {
  const { hub, out, each } = await setUp(t, 5);
  const collecting = new Collecting(t, each);
  await collecting.connected();
  await Promise.all(Array.from({ length: 300 }, (_, i) => hub.publish(i + 1, jpegLike(i + 1, 2000))));
  await collecting.stored(1);
  const numbers = () => collected(out);
  while (numbers().at(-1) !== 300) await collecting.stored((collecting.latest?.stored ?? 0) + 1);
  const { stored, missing, reasons } = await collecting.stop();
  t.is(stored + missing, 300);
  t.is(reasons.overrun ?? 0, missing);
  t.deepEqual(
    numbers(),
    [...numbers()].sort((a, b) => a - b),
  );
});
