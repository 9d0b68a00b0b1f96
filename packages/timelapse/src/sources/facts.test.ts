import test from 'ava';
import { Attributes, parseSequence, parseTime } from './facts.js';

const NOON = Date.parse('2026-11-24T12:00:00.000Z');
const message = (bytes: number, seq = bytes) => ({ seq, ts: '2026-11-24T12:00:00.000Z', bytes, width: 640 });
const facts = (sequence: number) => ({ capturedAt: NOON, sequence });

test('attributes belong to the snapshot with as many bytes, before or after it', async (t) => {
  const attributes = new Attributes();
  attributes.receive(message(1000));
  t.deepEqual(await attributes.of(1000), facts(1000));
  const later = attributes.of(2000);
  attributes.receive(message(1500));
  attributes.receive(message(2000));
  t.deepEqual(await later, facts(2000));
});

test('each of several snapshots has its own attributes, also if they have the same length', async (t) => {
  const attributes = new Attributes();
  const snapshots: Promise<unknown>[] = [];
  for (const number of [1, 2, 3]) {
    snapshots.push(attributes.of(1000));
    attributes.receive(message(1000, number));
  }
  t.deepEqual(await Promise.all(snapshots), [facts(1), facts(2), facts(3)]);
});

test('attributes belong to one snapshot only', async (t) => {
  const attributes = new Attributes();
  attributes.receive(message(1000));
  await attributes.of(1000);
  const again = attributes.of(1000);
  attributes.receive(message(1000, 2));
  t.deepEqual(await again, facts(2), 'not the same twice');
});

test('attributes that do not arrive, of a different snapshot, or not understood, are ignored', async (t) => {
  for (const other of [message(999), {}, { bytes: '1000' }, { seq: 1 }]) {
    const attributes = new Attributes(1);
    attributes.receive(other);
    t.is(await attributes.of(1000), undefined);
  }
});

test('closing ends all waiting', async (t) => {
  const attributes = new Attributes(3_600_000);
  const waiting = [attributes.of(1000), attributes.of(2000)];
  attributes.close();
  t.deepEqual(await Promise.all(waiting), [undefined, undefined]);
});

test('times are understood in the notations that programs use', (t) => {
  const time = Date.parse('2026-11-24T12:00:00.500Z');
  for (const written of ['2026-11-24T12:00:00.500Z', '1795521600.5', 1795521600.5, '1795521600500', 1795521600500])
    t.is(parseTime(written), time, String(written));
});

test('a value that is not a time gives undefined', (t) => {
  for (const written of [
    undefined,
    null,
    '',
    ' ',
    'noon',
    '-5',
    0,
    Number.NaN,
    1e300,
    Number.POSITIVE_INFINITY,
    {},
    ['1'],
  ])
    t.is(parseTime(written), undefined, String(written));
});

test('sequences are whole numbers from 0', (t) => {
  t.deepEqual(['0', '41', 42].map(parseSequence), [0, 41, 42]);
  for (const written of ['', '-1', '1.5', 1.5, -1, '99999999999999999999', 'x', undefined, null, ['1']])
    t.is(parseSequence(written), undefined, String(written));
});
