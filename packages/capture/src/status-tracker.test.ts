import test from 'ava';
import { RateMeter } from './status-tracker.js';

test('a count read twice a second gives its rate', (t) => {
  const meter = new RateMeter();
  t.is(meter.perSecond, 0);
  for (let i = 0; i <= 20; i++) meter.read(i * 15, i * 500);
  t.is(meter.perSecond, 30);
});

test('only the last seconds count', (t) => {
  const meter = new RateMeter();
  for (let i = 0; i <= 20; i++) meter.read(i * 15, i * 500);
  for (let i = 1; i <= 10; i++) meter.read(300, 10_000 + i * 500);
  t.is(meter.perSecond, 0);
});

test('a reset forgets', (t) => {
  const meter = new RateMeter();
  meter.read(0, 0);
  meter.read(100, 1000);
  meter.reset();
  t.is(meter.perSecond, 0);
});
