import test from 'ava';
import { panBy, WHOLE, type Zoom, zoomAt } from './zoom.js';

const box = { width: 800, height: 400 };

/** Which point of the frame, counted from its middle, is seen at a point of the screen. */
const seenAt = ({ scale, x, y }: Zoom, point: { x: number; y: number }) => [
  (point.x - x) / scale,
  (point.y - y) / scale,
];

test('what is below the pointer stays there', (t) => {
  const point = { x: 100, y: -50 };
  const once = zoomAt(WHOLE, 2, point, box);
  t.is(once.scale, 2);
  t.deepEqual(seenAt(once, point), [100, -50]);
  t.deepEqual(seenAt(zoomAt(once, 1.5, point, box), point), [100, -50]);
});

test('no smaller than whole, and not without end', (t) => {
  t.deepEqual(zoomAt({ scale: 1.2, x: 40, y: 10 }, 0.1, { x: 0, y: 0 }, box), WHOLE);
  t.is(zoomAt(WHOLE, 1000, { x: 0, y: 0 }, box).scale, 12);
});

test('a frame is moved to its edges, and no further', (t) => {
  const zoom = zoomAt(WHOLE, 2, { x: 0, y: 0 }, box);
  t.deepEqual(panBy(zoom, 30, -20, box), { scale: 2, x: 30, y: -20 });
  t.deepEqual(panBy(zoom, 9999, -9999, box), { scale: 2, x: 400, y: -200 });
  t.deepEqual(panBy(WHOLE, 30, 30, box), WHOLE);
});
