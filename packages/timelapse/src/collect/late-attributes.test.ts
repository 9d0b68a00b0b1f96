import anyTest, { type TestFn } from 'ava';
import { jpegLike } from '../snapshots.fixture.js';
import { hasMosquitto } from '../sources/mqtt-server.fixture.js';
import { Collecting, collected, indexLines } from './collecting.fixture.js';
import { setUp } from './mqtt-set-up.fixture.js';

const test = (hasMosquitto ? anyTest : anyTest.skip) as TestFn;

test('MQTT 3.1.1: attributes may be late by a second, and snapshots stay in order', async (t) => {
  const { hub, out, each } = await setUp(t, 4);
  const collecting = new Collecting(t, each);
  await collecting.connected();
  hub.lateness = 1000;
  const published = [1, 2, 3].map((number) => hub.publish(number, jpegLike(number, 100 + number)));
  await collecting.stored(3);
  await Promise.all(published);
  t.deepEqual(indexLines(out), [
    '1,2026-11-24T12:00:01.000Z,1',
    '2,2026-11-24T12:00:02.000Z,2',
    '3,2026-11-24T12:00:03.000Z,3',
  ]);
});

test('MQTT 3.1.1: a snapshot whose attributes do not arrive is stored once, within the timeout', async (t) => {
  const { hub, out, each, often } = await setUp(t, 4);
  hub.lateness = 3_600_000;
  const collecting = new Collecting(t, { ...often, every: '1h', timeout: '1s' });
  hub.answer = () => void hub.publish(1);
  await collecting.stored(1);
  await collecting.stop();
  t.regex(indexLines(out)[0] ?? '', /^1,.*Z,$/);
  hub.lateness = 0;
  const going = new Collecting(t, each);
  await going.connected();
  await hub.publish(1);
  await hub.publish(2);
  await going.stored(1);
  t.deepEqual(collected(out), [1, 2]);
});
