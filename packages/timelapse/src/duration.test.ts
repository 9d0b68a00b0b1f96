import test from 'ava';
import { parseDuration } from './duration.js';

test('times are numbers with a unit', (t) => {
  t.deepEqual(['500ms', '10s', '1.5m', ' 2h ', '1 d'].map(parseDuration), [500, 10_000, 90_000, 7_200_000, 86_400_000]);
});

test('what has no unit, or another one, is no time', (t) => {
  for (const text of ['', '10', 's', '-1s', '1,5s', '10 seconds', '1s2', 'Infinitys'])
    t.is(parseDuration(text), undefined, text);
});
