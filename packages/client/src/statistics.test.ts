import test from 'ava';
import type { Picture } from './picture.js';
import { Meter } from './statistics.js';

const picture = (age: number, dropped = 0, placeholder = false) => ({ age, dropped, placeholder }) as Picture;

test('pictures a second are those of the last three', (t) => {
  const meter = new Meter();
  for (let at = 0; at <= 5000; at += 100) meter.count(picture(20), at);
  t.is(meter.read(5000).fps, 10);
  t.is(meter.read(20_000).fps, 0);
  t.is(meter.read(20_000).pictures, 51);
});

test('the age is that of the arrival until a painting is told, and of paintings from then on', (t) => {
  const meter = new Meter();
  t.is(meter.read(0).age, undefined);
  meter.count(picture(20, 3), 0);
  t.like(meter.read(0), { age: 20, dropped: 3 });
  meter.painted(27);
  t.is(meter.read(0).age, 27);
  meter.count(picture(99, 0, true), 10);
  t.is(meter.read(10).age, 27, 'a card has none');
  meter.count(picture(3), 20);
  t.is(meter.read(20).age, 27, 'the next one is on its way to the screen');
  meter.painted(31);
  t.is(meter.read(20).age, 31);
});
