import test from 'ava';
import { CaptureTimes, unixNow, unixOfMonotonic } from './clock.js';

/** Milliseconds that two clocks, one of them without fractions, may differ by when read one after the other. */
const NEAR = 20;

test('Unix time agrees with Date.now(), and has a fraction', (t) => {
  t.true(Math.abs(unixNow() - Date.now()) < NEAR);
  t.true(Array.from({ length: 5 }, unixNow).some((time) => !Number.isInteger(time)));
});

test('a moment of CLOCK_MONOTONIC becomes its Unix time', (t) => {
  const [seconds, nanoseconds] = process.hrtime();
  const now = seconds * 1000 + nanoseconds / 1e6;
  t.true(Math.abs(unixOfMonotonic(now) - Date.now()) < NEAR);
  t.true(Math.abs(unixOfMonotonic(now - 5000) - (Date.now() - 5000)) < NEAR);
});

test('both clocks agree to a fraction of a millisecond', (t) => {
  const differences = Array.from({ length: 100 }, () => {
    const [seconds, nanoseconds] = process.hrtime();
    return unixNow() - unixOfMonotonic(seconds * 1000 + nanoseconds / 1e6);
  });
  // The nearest: a busy machine may stop this thread between the readings, but not each time.
  t.true(Math.min(...differences.map(Math.abs)) < 0.2);
});

/** Milliseconds that a busy machine may need between two readings of a clock; far less than any age here. */
const CLOSE = 2000;

const logged: string[] = [];
const times = () => new CaptureTimes({ log: (level, message) => logged.push(`${level}: ${message}`) });
const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);
const stamp = (timestampUs: number) => ({ clock: 'monotonic', timestampUs }) as const;

test.serial.beforeEach(() => logged.splice(0));

test.serial("a frame has its driver's time stamp, some seconds ago or a moment ahead", (t) => {
  for (const [us, ms] of [
    [0, 0],
    [-6_000_000, -6000],
    [50_000, 50],
  ] as const) {
    const expected = Date.now() + ms;
    const actual = times().of(stamp(monotonicUs() + us));
    t.true(Math.abs(actual - expected) < CLOSE, `${actual - expected}`);
  }
  t.deepEqual(logged, []);
});

for (const [title, timestampUs, words] of [
  ['nought', () => 0, /\d+ s ago/],
  ['Unix time', () => Date.now() * 1000, /\d+ s ahead/],
  ['a counter that is about to wrap', () => (2 ** 32 - 16) * 1e6, /\d+ s ahead/],
  ['a minute ago', () => monotonicUs() - 60e6, /60 s ago/],
  ['a minute ahead', () => monotonicUs() + 60e6, /(59|60) s ahead/],
] as const) {
  test.serial(`a time stamp that cannot be right is not used: ${title}; that is logged once`, (t) => {
    const of = times();
    for (let i = 0; i < 3; i++) t.true(Math.abs(of.of(stamp(timestampUs())) - Date.now()) < CLOSE);
    t.is(logged.length, 1);
    t.regex(logged[0] ?? '', /^warn: the driver's time stamps cannot be right/);
    t.regex(logged[0] ?? '', words);
  });
}

test.serial('a time stamp of an unknown clock is not used, and nothing is logged', (t) => {
  t.true(Math.abs(times().of({ clock: 'unknown', timestampUs: 5 }) - Date.now()) < CLOSE);
  t.deepEqual(logged, []);
});
