import test from 'ava';
import { BackOff } from './back-off.js';

test('waits double up to a limit, and begin again after a reset', (t) => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 8 }, () => backOff.next());
  t.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  backOff.reset();
  t.is(backOff.next(), 250);
});
