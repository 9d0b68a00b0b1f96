import test from 'ava';
import { Pace } from './index.js';

/** Frames that a pace of `to` lets through of `seconds` x `from`, all but the first with jitter: a share of their interval. */
function thin(from: number, to: number, { seconds = 10, jitter = 0, seed = 7 } = {}): number {
  const pace = new Pace(to);
  let state = seed;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647 - 0.5) * 2;
  };
  let taken = 0;
  for (let i = 0; i < from * seconds; i++) {
    const late = i === 0 ? 0 : random() * jitter;
    if (pace.take(5000 + ((i + late) * 1000) / from)) taken += 1;
  }
  return taken;
}

for (const [from, to] of [
  [30, 24],
  [30, 15],
  [30, 7],
  [60, 50],
  [25, 24],
  [30, 1],
] as const)
  test(`${from} frames a second thinned to ${to} give ${to}`, (t) => {
    const taken = thin(from, to);
    t.true(Math.abs(taken - to * 10) <= 1, `${taken} in 10 s`);
  });

for (const [from, to] of [
  [30, 30],
  [30, 24],
  [30, 15],
  [60, 30],
] as const)
  test(`jitter of almost half an interval costs nothing: ${from} frames a second thinned to ${to}`, (t) => {
    for (const seed of [4, 7, 99, 12_345]) t.is(thin(from, to, { seconds: 100, jitter: 0.45, seed }), to * 100);
  });

test('where the rates are close, jitter costs few frames', (t) => {
  t.is(thin(25, 24, { seconds: 100, jitter: 0.25 }), 2400);
  const taken = thin(25, 24, { seconds: 100, jitter: 0.4 });
  t.true(taken >= 2370 && taken <= 2400, `${taken} in 100 s`);
});

test('a camera slower than the pace loses no frame', (t) => {
  t.is(thin(10, 24), 100);
  t.is(thin(30, 30, { jitter: 0.3 }), 300);
});

test('infinity lets everything through', (t) => {
  t.is(thin(60, Number.POSITIVE_INFINITY), 600);
});

test('after a gap there is no burst', (t) => {
  const pace = new Pace(10);
  for (let now = 0; now < 1000; now += 33) pace.take(now);
  let taken = 0;
  for (let now = 60_000; now < 61_000; now += 33) if (pace.take(now)) taken += 1;
  t.true(taken >= 10 && taken <= 11, `${taken}`);
});

test('a clock that is set back loses no frame', (t) => {
  const pace = new Pace(10);
  t.true(pace.take(3_600_000));
  let taken = 0;
  for (let now = 0; now < 1000; now += 33) if (pace.take(now)) taken += 1;
  t.true(taken >= 10 && taken <= 11, `${taken}`);
});
