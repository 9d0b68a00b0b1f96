import test from 'ava';
import { Allowance } from './allowance.js';

test('so many at once, and so many a second', (t) => {
  let now = 0;
  const allowance = new Allowance(3, 2, () => now);
  t.deepEqual(
    [1, 2, 3, 4].map(() => allowance.take()),
    [true, true, true, false],
  );
  now += 499;
  t.false(allowance.take());
  now += 1;
  t.true(allowance.take());
  t.false(allowance.take());
  now += 3_600_000;
  t.deepEqual(
    [1, 2, 3, 4].map(() => allowance.take()),
    [true, true, true, false],
    'nothing is saved up beyond that',
  );
});

test('what is reserved waits for its time', (t) => {
  let now = 0;
  const allowance = new Allowance(2, 10, () => now);
  t.deepEqual(
    [1, 2, 3, 4].map(() => allowance.reserve()),
    [0, 0, 100, 200],
  );
  now += 200;
  t.is(allowance.reserve(), 100);
});
