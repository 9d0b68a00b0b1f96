import test from 'ava';
import { wordsFor } from './words.js';

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
