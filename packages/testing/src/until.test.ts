import test from 'ava';
import { until } from './until.js';

test('resolves when the condition is true, with or without a description', async (t) => {
  let calls = 0;
  await until('three calls were made', () => ++calls === 3);
  await until(() => ++calls === 5);
  t.is(calls, 5);
});

test('fails after the time limit, with the description', async (t) => {
  const waiting = until('pigs fly', () => false, { timeoutMs: 20 });
  await t.throwsAsync(waiting, { message: 'waited 20 ms in vain until pigs fly' });
});
