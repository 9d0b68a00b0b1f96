import test from 'ava';
import { Attributes } from './attributes.js';

const NOON = Date.parse('2026-11-24T12:00:00.000Z');
const message = (bytes: number, seq = bytes) => ({ seq, ts: '2026-11-24T12:00:00.000Z', bytes, width: 640 });
const facts = (sequence: number) => ({ capturedAt: NOON, sequence });

test('attributes are those of the picture with as many bytes, whether they come before or after it', async (t) => {
  const attributes = new Attributes();
  attributes.set(message(1000));
  t.deepEqual(await attributes.of(1000), facts(1000));
  const later = attributes.of(2000);
  attributes.set(message(1500));
  attributes.set(message(2000));
  t.deepEqual(await later, facts(2000));
});

test('pictures that come one upon the other have each their own, also when they are of one length', async (t) => {
  const attributes = new Attributes();
  const pictures: Promise<unknown>[] = [];
  for (const number of [1, 2, 3]) {
    pictures.push(attributes.of(1000));
    attributes.set(message(1000, number));
  }
  t.deepEqual(await Promise.all(pictures), [facts(1), facts(2), facts(3)]);
});

test('attributes serve one picture', async (t) => {
  const attributes = new Attributes();
  attributes.set(message(1000));
  await attributes.of(1000);
  const again = attributes.of(1000);
  attributes.set(message(1000, 2));
  t.deepEqual(await again, facts(2), 'not the same once more');
});

test('attributes that do not come, of another picture, or not understood, are none', async (t) => {
  for (const other of [message(999), {}, { bytes: '1000' }, { seq: 1 }]) {
    const attributes = new Attributes(1);
    attributes.set(other);
    t.is(await attributes.of(1000), undefined);
  }
});

test('nobody waits any longer when all ends', async (t) => {
  const attributes = new Attributes(3_600_000);
  const waiting = [attributes.of(1000), attributes.of(2000)];
  attributes.close();
  t.deepEqual(await Promise.all(waiting), [undefined, undefined]);
});
