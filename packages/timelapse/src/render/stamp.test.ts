import test from 'ava';
import { readStamp } from './read-stamp.fixture.js';
import {
  drawStamp,
  GLYPH_HEIGHT,
  GLYPH_WIDTH,
  isGlyphPixel,
  placeStamp,
  STAMP_HEIGHT,
  STAMP_WIDTH,
  stampText,
} from './stamp.js';

test('stamps are the local time of capture', (t) => {
  const time = new Date(2026, 0, 2, 3, 4, 5).getTime();
  t.is(stampText(time), '2026-01-02 03:04:05');
});

test('each character has its own glyph', (t) => {
  const glyphs = [...'0123456789-: '].map((character) =>
    Array.from({ length: GLYPH_WIDTH * GLYPH_HEIGHT }, (_, i) =>
      isGlyphPixel(character, i % GLYPH_WIDTH, Math.floor(i / GLYPH_WIDTH)),
    ).join(),
  );
  t.is(new Set(glyphs).size, 13);
});

test('a drawn stamp can be read, on a half transparent background', (t) => {
  const time = new Date(1987, 5, 24, 13, 50, 49).getTime();
  const pixels = drawStamp(time);
  t.is(pixels.length, STAMP_WIDTH * STAMP_HEIGHT * 2);
  const grey = pixels.filter((_, i) => i % 2 === 0);
  t.is(readStamp(grey, STAMP_WIDTH, { x: 0, y: 0, zoom: 1 }), '1987-06-24 13:50:49');
  t.is(pixels[1], 128);
  t.is(Math.max(...pixels.filter((_, i) => i % 2 === 1)), 255);
});

test('stamps are within the frame, at even positions, and grow with it', (t) => {
  for (const [width, height, zoom] of [
    [64, 48, 1],
    [320, 240, 2],
    [640, 480, 3],
    [1280, 720, 4],
    [1920, 1080, 6],
    [480, 1280, 4],
    [3840, 2160, 12],
  ] as const) {
    const place = placeStamp(width, height);
    t.is(place.zoom, zoom, `${width}x${height}`);
    t.true(width < STAMP_WIDTH || place.x + STAMP_WIDTH * zoom <= width);
    t.true(place.y >= 0 && place.y + STAMP_HEIGHT * zoom <= height);
    t.deepEqual([place.x % 2, place.y % 2], [0, 0]);
  }
});
