import test from 'ava';
import { socketAddress, Watchdog } from './connection.js';

for (const [given, address] of [
  ['http://pi:8090', 'ws://pi:8090/ws'],
  ['http://pi:8090/', 'ws://pi:8090/ws'],
  ['https://example.org/cameras/', 'wss://example.org/cameras/ws'],
  ['ws://pi:8090/ws', 'ws://pi:8090/ws'],
  ['wss://example.org/cameras/ws?key=1#top', 'wss://example.org/cameras/ws?key=1'],
  ['http://pi/news', 'ws://pi/news/ws'],
] as const) {
  test(`the WebSocket of ${given} is ${address}`, (t) => t.is(socketAddress(given), address));
}

const LIMIT_MS = 100;

/** Blocks the process, as in a page whose timers are throttled. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test('silence is reported, once', async (t) => {
  const timeouts: number[] = [];
  await new Promise<void>((resolve) => {
    new Watchdog((limit) => {
      timeouts.push(limit);
      resolve();
    }).restart(LIMIT_MS);
  });
  t.deepEqual(timeouts, [LIMIT_MS]);
});

test('a timer that ran late gets the same time again: messages that arrived meanwhile are unread', async (t) => {
  let timedOut = false;
  const watchdog = new Watchdog(() => {
    timedOut = true;
  });
  watchdog.restart(LIMIT_MS);
  block(3 * LIMIT_MS);
  // After the overdue timer.
  await new Promise((resolve) => setImmediate(resolve));
  t.false(timedOut);
  watchdog.stop();
});

test('a timer that ran late is restarted only once', async (t) => {
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    new Watchdog(() => resolve()).restart(LIMIT_MS);
    block(3 * LIMIT_MS);
  });
  t.true(performance.now() - startedAt >= 4 * LIMIT_MS - 5);
});
