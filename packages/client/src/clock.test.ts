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

/** Our clock and the server's, either of which may be set. */
function clocks() {
  const at = { here: 1_000_000, there: 1_000_000 };
  const clock = new Clock(() => at.here);
  const pass = (milliseconds: number): void => {
    at.here += milliseconds;
    at.there += milliseconds;
  };
  /** Asks and hears an answer. @param meanwhile on the way back */
  const ask = (roundTrip: number, meanwhile = () => {}): void => {
    const sent = at.here;
    pass(roundTrip / 2);
    const time = at.there;
    pass(roundTrip / 2);
    meanwhile();
    clock.answer(sent, time);
    pass(15_000);
  };
  for (let i = 0; i < 8; i++) ask(4);
  return { at, clock, ask, error: () => clock.serverNow() - at.there };
}

test('when the server’s clock is set the next answer is right, though it may be slower', (t) => {
  const { at, ask, error } = clocks();
  at.there += 3_600_000;
  ask(40);
  t.is(error(), 0);
  at.there -= 500;
  ask(40);
  t.is(error(), 0);
});

test('when our clock is set while an answer is on its way, that one is not believed, and the next one is right', (t) => {
  for (const step of [-10_000, 10_000]) {
    const { at, clock, ask, error } = clocks();
    ask(4, () => {
      at.here += step;
    });
    t.is(clock.best?.offset, 0);
    ask(40);
    t.is(clock.best?.offset, -step);
    t.is(error(), 0);
  }
});

test('an answer that waited in a queue, and clocks that drift a little, are no reason to forget', (t) => {
  const { at, clock, ask } = clocks();
  at.there += 5;
  ask(300);
  ask(6);
  t.like(clock.best, { roundTrip: 4 });
});
