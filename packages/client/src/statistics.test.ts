import test from 'ava';
import { FrameMeter } from './statistics.js';

const frame = (age: number, dropped = 0, placeholder = false) => ({ age, dropped, placeholder });

test('the frame rate is that of the last three seconds', (t) => {
  const meter = new FrameMeter();
  for (let at = 0; at <= 5000; at += 100) meter.count(frame(20), at);
  t.is(meter.read(5000).fps, 10);
  t.is(meter.read(20_000).fps, 0);
  t.is(meter.read(20_000).frames, 51);
});

test('the age is that of the last arrival, or of the last painting once there is one', (t) => {
  const meter = new FrameMeter();
  t.is(meter.read(0).age, undefined);
  meter.count(frame(20, 3), 0);
  t.like(meter.read(0), { age: 20, dropped: 3 });
  meter.painted(27);
  t.is(meter.read(0).age, 27);
  meter.count(frame(99, 0, true), 10);
  t.is(meter.read(10).age, 27, 'a placeholder has no age');
  meter.count(frame(3), 20);
  t.is(meter.read(20).age, 27, 'the next frame is not painted yet');
  meter.painted(31);
  t.is(meter.read(20).age, 31);
});
