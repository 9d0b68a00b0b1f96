import test from 'ava';
import { aspectOf, CAPTION, GAP, layoutWall } from './wall-layout.js';

const DESK = { width: 1400, height: 800 };
const PHONE = { width: 358, height: 700 };
const WIDE = { aspect: 16 / 9, caption: CAPTION };

const heightOf = (count: number, { columns, width }: { columns: number; width: number }): number => {
  const rows = Math.ceil(count / columns);
  return rows * (width / WIDE.aspect + CAPTION) + (rows - 1) * GAP;
};

test('one camera has all the room there is', (t) => {
  const layout = layoutWall(1, DESK, WIDE);
  t.is(layout.columns, 1);
  t.is(layout.width, Math.floor((DESK.height - CAPTION) * WIDE.aspect));
});

for (const count of [1, 2, 3, 4, 6, 9, 12]) {
  test(`${count} on a desk are all seen at once`, (t) => {
    const layout = layoutWall(count, DESK, WIDE);
    t.true(layout.width >= 250);
    t.true(heightOf(count, layout) <= DESK.height);
    t.true(layout.columns * layout.width + (layout.columns - 1) * GAP <= DESK.width);
  });
}

test('many on a phone stand below one another, as wide as the screen', (t) => {
  t.deepEqual(layoutWall(20, PHONE, WIDE), { columns: 1, width: 358 });
});

test('more than fit are scrolled, and not made smaller than can be seen', (t) => {
  const layout = layoutWall(60, DESK, WIDE);
  t.is(layout.columns, 5);
  t.true(layout.width >= 250);
});

test('two on a phone fit below one another', (t) => {
  t.is(layoutWall(2, PHONE, WIDE).columns, 1);
});

test('an empty wall has a layout all the same', (t) => {
  t.is(layoutWall(0, DESK, WIDE).columns, 1);
});

test('tiles have the shape of the widest frame', (t) => {
  const [hd, vga, tall] = [
    { width: 1280, height: 720 },
    { width: 640, height: 480 },
    { width: 720, height: 1280 },
  ];
  t.is(aspectOf([]), 16 / 9);
  t.is(aspectOf([vga, null]), 4 / 3);
  t.is(aspectOf([vga, hd]), 16 / 9);
  t.is(aspectOf([tall]), 4 / 3);
});
