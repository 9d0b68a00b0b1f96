import test from 'ava';
import { nextTick } from './collect.js';

test('slow work does not delay later ticks', (t) => {
  let due = 1000;
  for (const took of [0, 1, 99, 12, 50]) due = nextTick(due, 100, due + took).due;
  t.is(due, 1500);
});

test('a tick that is less than an interval late is due at once', (t) => {
  t.deepEqual(nextTick(1000, 100, 1130), { due: 1100, missed: 0 });
  t.deepEqual(nextTick(1000, 100, 1199), { due: 1100, missed: 0 });
});

test('older ticks are missed and counted, and the grid stays', (t) => {
  t.deepEqual(nextTick(1000, 100, 1200), { due: 1200, missed: 1 });
  t.deepEqual(nextTick(1000, 100, 3_601_050), { due: 3_601_000, missed: 35_999 });
});

test('over a day, no tick is lost or added', (t) => {
  let due = 0;
  let ticks = 0;
  let missed = 0;
  while (due < 86_400_000) {
    const next = nextTick(due, 10_000, due + ((ticks * 7919) % 25_000));
    missed += next.missed;
    due = next.due;
    ticks += 1;
  }
  t.is(ticks + missed, 8640);
});
