import test from 'ava';
import { FrameCount } from './frame-count.js';

test("a driver's count goes on where ours was, and its gaps are frames lost", (t) => {
  const count = new FrameCount(100);
  t.deepEqual(
    [7, 8, 11].map((of) => count.take(of)),
    [
      { sequence: 100, lost: 0 },
      { sequence: 101, lost: 0 },
      { sequence: 104, lost: 2 },
    ],
  );
});

test('a driver that does not count gets our count', (t) => {
  const count = new FrameCount(0);
  t.deepEqual(
    [0, 0, 0].map((of) => count.take(of).sequence),
    [0, 1, 2],
  );
});

test('a driver that begins anew loses nothing, and the count goes on rising', (t) => {
  const count = new FrameCount(0);
  for (const of of [500, 501]) count.take(of);
  count.restart();
  t.deepEqual(count.take(3), { sequence: 2, lost: 0 });
  t.deepEqual(count.take(5), { sequence: 4, lost: 1 });
});
