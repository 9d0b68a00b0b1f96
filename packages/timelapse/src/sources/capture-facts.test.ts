import test from 'ava';
import { parseSequence, parseTime } from './capture-facts.js';

const NOON = Date.parse('2026-11-24T12:00:00.500Z');

test('times are understood as programs write them', (t) => {
  for (const written of ['2026-11-24T12:00:00.500Z', '1795521600.5', 1795521600.5, '1795521600500', 1795521600500])
    t.is(parseTime(written), NOON, String(written));
});

test('what is no time is none', (t) => {
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
