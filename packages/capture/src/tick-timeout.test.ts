import test from 'ava';
import { TickTimeout, tickLength } from './tick-timeout.js';

/** Resolves with the milliseconds that it took. */
function expired(limit: number, act: (timeout: TickTimeout) => void = () => {}): Promise<number> {
  const start = performance.now();
  return new Promise((resolve) => {
    const timeout = new TickTimeout(limit, () => resolve(performance.now() - start));
    act(timeout);
  });
}

/** Keeps this process from looking at anything, as a stop of the machine does. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test('there are several ticks in each time-out, and none is longer than a second', (t) => {
  t.is(tickLength(15_000), 1000);
  t.is(tickLength(400), 100);
  t.is(tickLength(1), 1);
});

test.serial('it expires after its time, and no sooner', async (t) => {
  t.true((await expired(100)) >= 99);
});

test.serial('time in which the process stood still is one tick', async (t) => {
  const took = await expired(400, () => standStill(1000));
  t.true(took >= 1000 + 2 * tickLength(400), `${took} ms`);
});

test.serial('what comes during the standstill is read before it expires', async (t) => {
  let expirations = 0;
  const timeout = new TickTimeout(200, () => {
    expirations += 1;
  });
  standStill(500);
  // Sooner than the next ticks, later than the timer that is due.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  timeout.refresh();
  t.is(expirations, 0);
  timeout.cancel();
});

test.serial('one that is refreshed begins anew; one that is cancelled never expires', async (t) => {
  const took = await expired(200, (timeout) => setTimeout(() => timeout.refresh(), 120));
  t.true(took >= 310, `${took} ms`);
  const cancelled = expired(20, (timeout) => {
    timeout.cancel();
    timeout.refresh();
  });
  const first = await Promise.race([cancelled.then(() => 'expired'), expired(100).then(() => 'another')]);
  t.is(first, 'another');
});
