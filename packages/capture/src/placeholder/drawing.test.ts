import { frameBytes } from '@framehub/frame';
import test from 'ava';
import { drawPlaceholder } from './drawing.js';
import { OFF, wordsFor } from './placeholder.js';
import { readPlaceholder } from './read-placeholder.test.helper.js';

const FAILURES = [
  'CAPTURE_DEVICE_GONE',
  'CAPTURE_STALLED',
  'CAPTURE_DEVICE_BUSY',
  'CAPTURE_NO_PERMISSION',
  'CAPTURE_NO_BANDWIDTH',
  'CAPTURE_INTERNAL',
];
const ALL_WORDS = [OFF, wordsFor('CAPTURE_DEVICE_GONE', false), ...FAILURES.map((code) => wordsFor(code, true))];

for (const [width, height] of [
  [320, 240],
  [640, 480],
  [1280, 720],
  [1920, 1080],
] as const) {
  test(`every text of a placeholder is legible at ${width}x${height}`, (t) => {
    for (const { title, advice } of ALL_WORDS) {
      const placeholder = drawPlaceholder(width, height, title, ['garage-2', advice, 'since 14:03:27']);
      const lines = readPlaceholder(placeholder.bytes, placeholder.format);
      t.deepEqual(
        lines.map(({ text }) => text),
        [title, 'garage-2', advice, 'since 14:03:27'],
      );
      const [first, ...others] = lines;
      t.true((first?.scale ?? 0) * 120 >= width / 2, 'the title is large');
      t.true(others.every(({ scale }) => scale < (first?.scale ?? 0)));
    }
  });
}

test('lines that do not fit are broken between words', (t) => {
  const placeholder = drawPlaceholder(120, 160, 'CAMERA UNPLUGGED', ['bed', 'plug it in again']);
  const texts = readPlaceholder(placeholder.bytes, placeholder.format).map(({ text }) => text);
  t.deepEqual(texts, ['CAMERA', 'UNPLUGGED', 'bed', 'plug it in', 'again']);
});

test('a placeholder can have any size', (t) => {
  for (const [width, height] of [
    [16, 16],
    [1, 1],
    [161, 121],
    [4096, 32],
    [32, 2160],
  ] as const) {
    const placeholder = drawPlaceholder(width, height, 'CAMERA UNPLUGGED', [
      'garage',
      'plug it in again',
      'since 14:03:27',
    ]);
    t.like(placeholder.format, { fourcc: 'YU12', width, height });
    t.is(placeholder.bytes.length, frameBytes(placeholder.format));
  }
});

test('a placeholder is dark, with one colour', (t) => {
  const placeholder = drawPlaceholder(640, 480, 'BUSY', ['garage', 'close the program that has it', 'since 14:03:27']);
  const { bytes } = placeholder;
  const luma = bytes.subarray(0, 640 * 480);
  const bright = luma.filter((y) => y > 60).length;
  t.true(bright > 0 && bright < luma.length / 20);
  const blue = bytes.subarray(640 * 480, (640 * 480 * 5) / 4);
  t.is(new Set(blue).size, 2);
});

for (const [code, seen, title] of [
  ['CAPTURE_DEVICE_GONE', true, 'CAMERA UNPLUGGED'],
  ['CAPTURE_DEVICE_GONE', false, 'NO CAMERA'],
  ['CAPTURE_STALLED', true, 'NO SIGNAL'],
  ['CAPTURE_THREAD_HUNG', true, 'NO SIGNAL'],
  ['CAPTURE_DEVICE_ERROR', true, 'NO SIGNAL'],
  ['CAPTURE_DEVICE_BUSY', false, 'BUSY'],
  ['CAPTURE_NO_PERMISSION', false, 'NO PERMISSION'],
  ['CAPTURE_NO_BANDWIDTH', true, 'USB BUS FULL'],
  ['CAPTURE_HTTP_FAILED', false, 'NO PICTURE'],
  ['CAPTURE_FORMAT_UNREADABLE', true, 'NO PICTURE'],
] as const) {
  test(`${code} ${seen ? 'of a camera that was there' : 'before it was ever there'} says ${title}`, (t) => {
    t.is(wordsFor(code, seen).title, title);
  });
}
