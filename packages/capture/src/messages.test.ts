import { Worker } from 'node:worker_threads';
import test from 'ava';
import { Doorbell } from './messages.js';

test('a ring after listening ends the sleep before it begins', (t) => {
  const bell = new Doorbell();
  const other = new Doorbell(bell.buffer);
  bell.listen();
  other.ring();
  // Would take an hour, and the test's time limit, if the ring were missed.
  bell.sleep(3_600_000);
  t.pass();
});

test('a ring from another thread wakes a sleeper', (t) => {
  const bell = new Doorbell();
  bell.listen();
  const code = `
    const { workerData } = require('node:worker_threads');
    const words = new Int32Array(workerData);
    Atomics.add(words, 0, 1);
    Atomics.notify(words, 0);`;
  const ringer = new Worker(code, { eval: true, workerData: bell.buffer });
  bell.sleep(3_600_000);
  return t.notThrowsAsync(ringer.terminate());
});
