import test from 'ava';
import { readDuration } from './duration.js';

test('times have a unit, and may have a fraction', (t) => {
  const read = ['500ms', '10s', '1.5m', '2h', '1d', '0s'].map(readDuration);
  t.deepEqual(read, [500, 10_000, 90_000, 7_200_000, 86_400_000, 0]);
});

test('a bare number is none, as nobody could tell its unit, nor is anything else', (t) => {
  for (const text of ['10', '', 's', '-1s', '1 s', '10sec', '1e3s', 'soon']) t.is(readDuration(text), undefined, text);
});
