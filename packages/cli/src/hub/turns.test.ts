import test from 'ava';
import { Turns } from './turns.js';

test('one begins when the one before it is done, also when that failed', async (t) => {
  const turns = new Turns();
  const order: string[] = [];
  const step = (name: string, fails = false) =>
    turns.take(async () => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const [a, b, c] = [step('a'), step('b', true), step('c')];
  t.is(await a, 'a');
  await t.throwsAsync(b, { message: 'b' });
  t.is(await c, 'c');
  t.deepEqual(order, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('more than a few that wait are refused', async (t) => {
  const turns = new Turns();
  let open = () => {};
  const door = new Promise<void>((resolve) => {
    open = resolve;
  });
  const waiting = Array.from({ length: 16 }, () => turns.take(() => door));
  await t.throwsAsync(
    turns.take(() => door),
    { code: 'CAMERA_TOO_MANY_REQUESTS', message: /^16 changes are waiting/ },
  );
  open();
  await Promise.all(waiting);
  await t.notThrowsAsync(turns.take(() => door));
});
