import test from 'ava';
import { Places } from './places.js';

/** Places, and a clock that goes when it is told to. */
function places(most: number, open?: number) {
  let now = 0;
  const all = new Places(most, open, () => now);
  return {
    all,
    wait: (ms: number) => {
      now += ms;
    },
    /** How many can be taken at once. */
    count: () => {
      const taken: (() => void)[] = [];
      while (all.vacant) taken.push(all.take());
      for (const leave of taken) leave();
      return taken.length;
    },
  };
}

/** For so many milliseconds a frame comes at each interval, is worked on for so long, and waits where no place is free; newest wins. */
function work({ all, wait }: ReturnType<typeof places>, ms: number, every: number, each: number): void {
  let waiting = false;
  const inHand: { leave: () => void; left: number }[] = [];
  const begin = () => {
    inHand.push({ leave: all.take(), left: each });
    waiting = false;
  };
  for (let at = 0; at < ms; at++) {
    if (at % every === 0) {
      all.seek();
      waiting = true;
    }
    if (waiting && all.vacant) begin();
    wait(1);
    for (const piece of inHand) piece.left -= 1;
    while (inHand[0]?.left === 0) inHand.shift()?.leave();
    if (waiting && all.vacant) begin();
  }
  for (const { leave } of inHand) leave();
}

test('there is one place at first, or as many as are asked for', (t) => {
  t.is(places(4).count(), 1);
  t.is(places(4, 3).count(), 3);
});

test('a place that keeps up stays alone, however much it has to do', (t) => {
  const fast = places(4);
  work(fast, 60_000, 33, 30);
  t.is(fast.count(), 1);
});

test('delays now and then open no other', (t) => {
  const jittery = places(4);
  for (let i = 0; i < 60; i++) {
    work(jittery, 1000, 33, 5);
    work(jittery, 330, 33, 60);
  }
  t.is(jittery.count(), 1);
});

test('nor does a first piece of work that takes long, for its thread starts', (t) => {
  const { all, wait, count } = places(4);
  const leave = all.take();
  for (let i = 0; i < 100; i++) {
    all.seek();
    wait(33);
  }
  leave();
  t.is(count(), 1);
});

test('when nobody has found a free place for a second, another is opened', (t) => {
  const [soon, later] = [places(4), places(4)];
  work(soon, 1000, 33, 34);
  work(later, 1200, 33, 34);
  t.deepEqual([soon.count(), later.count()], [1, 2]);
});

test('and another, until they keep up', (t) => {
  const slow = places(4);
  work(slow, 60_000, 33, 80);
  t.is(slow.count(), 3);
});

test('there are never more than allowed', (t) => {
  const slow = places(2);
  work(slow, 60_000, 33, 500);
  t.is(slow.count(), 2);
});

test('a place is closed when the others have had half their time left for ten seconds', (t) => {
  const calmer = places(4, 3);
  work(calmer, 21_000, 33, 34);
  t.is(calmer.count(), 3);
  work(calmer, 11_000, 33, 25);
  t.is(calmer.count(), 2);
  work(calmer, 30_000, 33, 25);
  t.is(calmer.count(), 2);
  work(calmer, 21_000, 33, 10);
  t.is(calmer.count(), 1);
  work(calmer, 60_000, 1000, 1);
  t.is(calmer.count(), 1);
});

test('whoever holds a place that is closed keeps it until the work is done', (t) => {
  const { all, wait } = places(2, 2);
  const leave = all.take();
  wait(10_000);
  all.take()();
  t.false(all.vacant);
  leave();
  t.true(all.vacant);
});
