import test from 'ava';
import {
  composeRenditions,
  FLIPS,
  type Flip,
  isIdentity,
  jpegTopic,
  parseJpegTopic,
  parseRendition,
  type Rendition,
  ROTATIONS,
  type Rotation,
  renditionQuery,
} from './index.js';

/** An image as rows of letters; the reference for what flips and rotations mean. */
type Image = readonly string[];
const letters: Image = ['ab', 'cd', 'ef'];

function apply(image: Image, { flip = 'none', rotate = 0 }: Rendition): Image {
  const mirror = (lines: Image) => lines.map((row) => [...row].reverse().join(''));
  const across = flip === 'horizontal' || flip === 'both' ? mirror(image) : image;
  let rows = flip === 'vertical' || flip === 'both' ? [...across].reverse() : across;
  for (let turned = 0; turned < rotate; turned += 90)
    rows = Array.from(rows[0] ?? '', (_, x) =>
      [...rows]
        .reverse()
        .map((row) => row[x])
        .join(''),
    );
  return rows;
}

const all: Rendition[] = FLIPS.flatMap((flip: Flip) => ROTATIONS.map((rotate: Rotation) => ({ flip, rotate })));

test('90 degrees rotate clockwise', (t) => {
  t.deepEqual(apply(letters, { rotate: 90 }), ['eca', 'fdb']);
});

test('a rendition on top of another gives what one after the other gives', (t) => {
  for (const base of all)
    for (const over of all)
      t.deepEqual(
        apply(letters, composeRenditions(base, over)),
        apply(apply(letters, base), over),
        `${JSON.stringify(base)} then ${JSON.stringify(over)}`,
      );
});

test('renditions with equal results have equal queries, and others do not', (t) => {
  const byQuery = new Map<string, string>();
  for (const rendition of all) {
    const result = apply(letters, rendition).join('/');
    const query = renditionQuery(rendition);
    t.is(byQuery.get(query) ?? result, result, query);
    byQuery.set(query, result);
  }
  t.is(byQuery.size, 8);
});

test("the viewer's width and quality win over the camera's", (t) => {
  t.deepEqual(composeRenditions({ width: 800, quality: 70 }, { width: 320 }), { width: 320, quality: 70 });
});

test('nothing asked for is the identity', (t) => {
  t.true(isIdentity({}));
  t.true(isIdentity({ rotate: 0, flip: 'none' }));
  t.true(isIdentity({ rotate: 180, flip: 'both' }));
  t.false(isIdentity({ quality: 80 }));
});

test('a rendition has its own topic, from which it can be parsed', (t) => {
  t.is(jpegTopic('garage', {}), 'garage/jpeg');
  const topic = jpegTopic('garage', { quality: 60, width: 640, rotate: 90 });
  t.is(topic, 'garage/jpeg?rotate=90&width=640&quality=60');
  t.deepEqual(parseJpegTopic(topic), { camera: 'garage', rendition: { rotate: 90, width: 640, quality: 60 } });
  t.is(parseJpegTopic('garage/state'), undefined);
});

for (const [query, message] of [
  [{ rotate: '45' }, 'rotate must be 0, 90, 180 or 270, not 45'],
  [{ flip: 'sideways' }, 'flip must be none, horizontal, vertical or both, not sideways'],
  [{ width: '-1' }, 'width must be a whole number from 16 to 8192, not -1'],
  [{ width: '1e9' }, 'width must be a whole number from 16 to 8192, not 1e9'],
  [{ quality: '0' }, 'quality must be a whole number from 1 to 100, not 0'],
  [{ rotate: '9\n\x1b[2J\u20280' }, 'rotate must be 0, 90, 180 or 270, not 9 [2J 0'],
  [{ quality: '' }, "quality must be a whole number from 1 to 100, not ''"],
] as const)
  test(`refused: ${message}`, (t) => {
    t.throws(() => parseRendition(query), { code: 'RENDITION_INVALID', message });
  });

test('a long hostile value is cut in the message', (t) => {
  const error = t.throws(() => parseRendition({ rotate: 'x'.repeat(100_000) }));
  t.true((error?.message.length ?? 0) < 200);
});
