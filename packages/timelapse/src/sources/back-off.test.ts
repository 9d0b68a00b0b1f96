import test from 'ava';
import { backOff } from './back-off.js';

test('waits double up to half a minute', (t) => {
  const waits = Array.from({ length: 10 }, (_, failures) => backOff(failures, () => 1));
  t.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  t.is(
    backOff(5000, () => 1),
    30_000,
  );
});

test('they differ by up to a half, so that not all come back at once', (t) => {
  t.is(
    backOff(2, () => 0),
    500,
  );
  t.is(
    backOff(2, () => 0.5),
    750,
  );
});
