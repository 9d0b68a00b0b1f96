import test from 'ava';
import { Clock } from './clock.js';

test('half the way there and back lies between question and answer', (t) => {
  let now = 1000;
  const clock = new Clock(() => now);
  t.is(clock.serverNow(), 1000, 'ours, while nobody has answered');
  const sent = now;
  now += 40;
  clock.answer(sent, 5020);
  t.deepEqual(clock.best, { roundTrip: 40, offset: 4000 });
  t.is(clock.serverNow(), 5040);
});

test('the quickest of the last eight answers is believed', (t) => {
  let now = 0;
  const clock = new Clock(() => now);
  const answer = (roundTrip: number, offset: number) => {
    const sent = now;
    now += roundTrip;
    clock.answer(sent, sent + roundTrip / 2 + offset);
  };
  answer(100, 10);
  answer(20, 7);
  answer(300, -80);
  t.is(clock.best?.offset, 7);
  for (let i = 0; i < 8; i++) answer(50, 9);
  t.is(clock.best?.offset, 9, 'clocks drift: what was quick long ago is forgotten');
});
