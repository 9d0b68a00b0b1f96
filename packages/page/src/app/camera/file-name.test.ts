import test from 'ava';
import { fileName } from './file-name.js';

test('a picture is named after its camera and the time it was taken', (t) => {
  t.is(fileName('garage', new Date(2026, 2, 1, 14, 5, 9)), 'garage 2026-03-01 14.05.09.jpg');
});
