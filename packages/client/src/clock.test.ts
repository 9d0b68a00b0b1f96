import test from 'ava';
import { ServerClock } from './clock.js';

test('the server’s time belongs to the middle of the round trip', (t) => {
  let now = 1000;
  const clock = new ServerClock(() => now);
  t.is(clock.serverNow(), 1000, 'local time before the first answer');
  const sent = now;
  now += 40;
  clock.addSample(sent, 5020);
  t.deepEqual(clock.best, { roundTrip: 40, offset: 4000 });
  t.is(clock.serverNow(), 5040);
});

test('the fastest of the last eight answers counts', (t) => {
  let now = 0;
  const clock = new ServerClock(() => now);
  const answer = (roundTrip: number, offset: number) => {
    const sent = now;
    now += roundTrip;
    clock.addSample(sent, sent + roundTrip / 2 + offset);
  };
  answer(100, 10);
  answer(20, 7);
  answer(300, -80);
  t.is(clock.best?.offset, 7);
  for (let i = 0; i < 8; i++) answer(50, 9);
  t.is(clock.best?.offset, 9, 'clocks drift: old answers are dropped');
});

/** The local clock and the server's, either of which may be set. */
function clocks() {
  const at = { here: 1_000_000, there: 1_000_000 };
  const clock = new ServerClock(() => at.here);
  const pass = (milliseconds: number): void => {
    at.here += milliseconds;
    at.there += milliseconds;
  };
  /** Asks and gets an answer. @param meanwhile called on the way back */
  const ask = (roundTrip: number, meanwhile = () => {}): void => {
    const sent = at.here;
    pass(roundTrip / 2);
    const time = at.there;
    pass(roundTrip / 2);
    meanwhile();
    clock.addSample(sent, time);
    pass(15_000);
  };
  for (let i = 0; i < 8; i++) ask(4);
  return { at, clock, ask, error: () => clock.serverNow() - at.there };
}

test('after the server’s clock was set, the next answer counts, even a slower one', (t) => {
  const { at, ask, error } = clocks();
  at.there += 3_600_000;
  ask(40);
  t.is(error(), 0);
  at.there -= 500;
  ask(40);
  t.is(error(), 0);
});

test('after the local clock was set during a round trip, that answer is ignored, and the next one counts', (t) => {
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

test('a slow answer, and clocks that drift a little, keep earlier answers', (t) => {
  const { at, clock, ask } = clocks();
  at.there += 5;
  ask(300);
  ask(6);
  t.like(clock.best, { roundTrip: 4 });
});
