import test from 'ava';
import { Counters, Histogram } from './index.js';

test('buckets count what lies at or below their bound, each including the ones before', (t) => {
  const histogram = new Histogram([0.001, 0.01, 0.1]);
  for (const seconds of [0.0005, 0.001, 0.05, 7]) histogram.observe(seconds);
  t.deepEqual(histogram.read().buckets, [2, 2, 3]);
  t.is(histogram.read().count, 4);
  t.is(histogram.read().sum, 7.0515);
});

test('counters count by reason', (t) => {
  const drops = new Counters();
  drops.add('busy');
  drops.add('busy');
  drops.add('overrun', 3);
  t.deepEqual(drops.toJSON(), { busy: 2, overrun: 3 });
  t.is(drops.total, 5);
});
