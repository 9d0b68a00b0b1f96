import test from 'ava';
import { canonicalFourCC, codeFromFourCC, fourCCFromCode, isJpeg } from './index.js';

test('a code is four letters, little-endian, as in linux/videodev2.h', (t) => {
  t.is(codeFromFourCC('YUYV'), 0x56595559);
  t.is(fourCCFromCode(0x47504a4d), 'MJPG');
});

test('every code survives the way there and back, blanks included', (t) => {
  for (const fourcc of ['MJPG', 'YUYV', 'NV12', 'GREY', 'Y16 ']) t.is(fourCCFromCode(codeFromFourCC(fourcc)), fourcc);
});

test('the mark of a big-endian variant is not part of the letters', (t) => {
  t.is(fourCCFromCode((codeFromFourCC('Y16 ') | 0x80000000) >>> 0), 'Y16 ');
});

test('users write formats by the names that other programs use', (t) => {
  t.is(canonicalFourCC('mjpeg'), 'MJPG');
  t.is(canonicalFourCC('YUY2'), 'YUYV');
  t.is(canonicalFourCC(' nv12 '), 'NV12');
  t.is(canonicalFourCC('y16'), 'Y16 ');
});

test('MJPG and JPEG frames are complete JPEG files', (t) => {
  t.true(isJpeg('MJPG'));
  t.true(isJpeg('JPEG'));
  t.false(isJpeg('YUYV'));
});
