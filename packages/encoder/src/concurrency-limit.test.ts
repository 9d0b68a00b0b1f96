import test from 'ava';
import { ConcurrencyLimit } from './concurrency-limit.js';

/** A limit, and a clock that the test advances. */
function setup(max: number, initial?: number) {
  let now = 0;
  const limit = new ConcurrencyLimit(max, initial, () => now);
  return {
    limit,
    wait: (ms: number) => {
      now += ms;
    },
    /** Jobs that can run at a time. */
    count: () => {
      const running: (() => void)[] = [];
      while (limit.free > 0) running.push(limit.acquire());
      for (const release of running) release();
      return running.length;
    },
  };
}

/** For `ms`, a frame comes every `every` ms, takes `each` ms, and waits if no thread is free; the newest wins. */
function work({ limit, wait }: ReturnType<typeof setup>, ms: number, every: number, each: number): void {
  let waiting = false;
  const running: { release: () => void; left: number }[] = [];
  const start = () => {
    running.push({ release: limit.acquire(), left: each });
    waiting = false;
  };
  for (let at = 0; at < ms; at++) {
    if (at % every === 0) {
      limit.noteRequest();
      waiting = true;
    }
    if (waiting && limit.free > 0) start();
    wait(1);
    for (const job of running) job.left -= 1;
    while (running[0]?.left === 0) running.shift()?.release();
    if (waiting && limit.free > 0) start();
  }
  for (const { release } of running) release();
}

test('one job runs at a time at first, or as many as set', (t) => {
  t.is(setup(4).count(), 1);
  t.is(setup(4, 3).count(), 3);
});

test('the limit stays while one thread keeps up, however busy it is', (t) => {
  const fast = setup(4);
  work(fast, 60_000, 33, 30);
  t.is(fast.count(), 1);
});

test('delays now and then do not raise it', (t) => {
  const jittery = setup(4);
  for (let i = 0; i < 60; i++) {
    work(jittery, 1000, 33, 5);
    work(jittery, 330, 33, 60);
  }
  t.is(jittery.count(), 1);
});

test('nor does a first job that takes long because its thread starts', (t) => {
  const { limit, wait, count } = setup(4);
  const release = limit.acquire();
  for (let i = 0; i < 100; i++) {
    limit.noteRequest();
    wait(33);
  }
  release();
  t.is(count(), 1);
});

test('it is raised when no request found a free thread for a second', (t) => {
  const [soon, later] = [setup(4), setup(4)];
  work(soon, 1000, 33, 34);
  work(later, 1200, 33, 34);
  t.deepEqual([soon.count(), later.count()], [1, 2]);
});

test('and again, until the threads keep up', (t) => {
  const slow = setup(4);
  work(slow, 60_000, 33, 80);
  t.is(slow.count(), 3);
});

test('it never exceeds its maximum', (t) => {
  const slow = setup(2);
  work(slow, 60_000, 33, 500);
  t.is(slow.count(), 2);
});

test('it is lowered when the remaining threads would have been half idle for ten seconds', (t) => {
  const calmer = setup(4, 3);
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

test('a job that runs when the limit is lowered runs to its end', (t) => {
  const { limit, wait } = setup(2, 2);
  const release = limit.acquire();
  wait(10_000);
  limit.acquire()();
  t.true(limit.free <= 0);
  release();
  t.true(limit.free > 0);
});
