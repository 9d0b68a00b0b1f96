import test from 'ava';
import { unixNow, unixOfMonotonic } from './clock.js';

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

test('both ways to tell the time of a frame agree to a fraction of a millisecond', (t) => {
  const differences = Array.from({ length: 100 }, () => {
    const [seconds, nanoseconds] = process.hrtime();
    return unixNow() - unixOfMonotonic(seconds * 1000 + nanoseconds / 1e6);
  });
  // The nearest: a busy machine may stop this thread between the readings, but not each time.
  t.true(Math.min(...differences.map(Math.abs)) < 0.2);
});
