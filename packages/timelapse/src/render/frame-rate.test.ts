import test from 'ava';
import { frameRateOf } from './frame-rate.js';

test('rates are fractions as films have them', (t) => {
  t.deepEqual(frameRateOf(25), { rate: 25, scale: 1 });
  t.deepEqual(frameRateOf(29.97), { rate: 30_000, scale: 1001 });
  t.deepEqual(frameRateOf(23.976), { rate: 24_000, scale: 1001 });
  t.deepEqual(frameRateOf(59.94), { rate: 60_000, scale: 1001 });
  t.deepEqual(frameRateOf(12.5), { rate: 12_500, scale: 1000 });
  t.deepEqual(frameRateOf(0.1), { rate: 100, scale: 1000 });
});
