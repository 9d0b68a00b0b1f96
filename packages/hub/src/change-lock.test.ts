import test from 'ava';
import { changeLock } from './camera-unit.js';

test('more changes that wait than the limit are refused', async (t) => {
  const changes = changeLock();
  let open = () => {};
  const door = new Promise<void>((resolve) => {
    open = resolve;
  });
  const waiting = Array.from({ length: 16 }, () => changes.exclusive(() => door));
  await t.throwsAsync(
    changes.exclusive(() => door),
    { code: 'CAMERA_TOO_MANY_REQUESTS', message: /^16 changes are waiting/ },
  );
  open();
  await Promise.all(waiting);
  await t.notThrowsAsync(changes.exclusive(() => door));
});
