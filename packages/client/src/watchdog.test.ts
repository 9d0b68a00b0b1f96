import test from 'ava';
import { Watchdog } from './watchdog.js';

const LIMIT = 100;

/** Nothing of this process runs for so long, as in a page whose timers rest. */
function rest(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test('silence is told, once', async (t) => {
  const barks: number[] = [];
  await new Promise<void>((resolve) => {
    new Watchdog((limit) => {
      barks.push(limit);
      resolve();
    }).expect(LIMIT);
  });
  t.deepEqual(barks, [LIMIT]);
});

test('who was asleep is given the same time once more: what came meanwhile has not been read', async (t) => {
  let barked = false;
  const watchdog = new Watchdog(() => {
    barked = true;
  });
  watchdog.expect(LIMIT);
  rest(3 * LIMIT);
  // Behind the timer that is overdue.
  await new Promise((resolve) => setImmediate(resolve));
  t.false(barked);
  watchdog.stop();
});

test('who is heard of no more after that is not waited for again', async (t) => {
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    new Watchdog(() => resolve()).expect(LIMIT);
    rest(3 * LIMIT);
  });
  t.true(performance.now() - begun >= 4 * LIMIT - 5);
});
