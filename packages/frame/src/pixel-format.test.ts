import test from 'ava';
import {
  canonicalFourCC,
  codeFromFourCC,
  fourCCFromCode,
  frameBytes,
  isJpeg,
  isReadable,
  minimumStride,
  type PixelFormat,
  planesOf,
} from './index.js';

const format = (fourcc: string, width: number, height: number, stride: number): PixelFormat => ({
  fourcc,
  width,
  height,
  stride,
  range: 'limited',
});

test('the planes of NV12 and YU12 follow one another, chroma at half the lines', (t) => {
  t.deepEqual(planesOf(format('NV12', 640, 480, 640)), [
    { offset: 0, stride: 640, lineBytes: 640, lines: 480 },
    { offset: 307_200, stride: 640, lineBytes: 640, lines: 240 },
  ]);
  t.deepEqual(
    planesOf(format('YU12', 640, 480, 640)).map((plane) => plane.offset),
    [0, 307_200, 384_000],
  );
});

test('a padded stride moves the planes but not their contents', (t) => {
  const [luma, u, v] = planesOf(format('YU12', 6, 4, 16));
  t.deepEqual([luma?.lineBytes, u?.lineBytes, v?.lineBytes], [6, 3, 3]);
  t.deepEqual([u?.offset, v?.offset], [64, 80]);
});

test('odd sizes keep their last pixel pair and line', (t) => {
  t.is(planesOf(format('YUYV', 3, 1, 8))[0]?.lineBytes, 8);
  t.is(planesOf(format('NV12', 3, 3, 4))[1]?.lines, 2);
});

test('a frame needs its bytes up to the last pixel, not the padding behind it', (t) => {
  t.is(frameBytes(format('YUYV', 640, 480, 1280)), 614_400);
  t.is(frameBytes(format('RGB3', 10, 2, 32)), 62);
  t.is(frameBytes(format('MJPG', 640, 480, 0)), 0);
});

test('the smallest stride is the width of a line of the first plane', (t) => {
  t.is(minimumStride('YUYV', 641), 1284);
  t.is(minimumStride('BGR3', 100), 300);
  t.is(minimumStride('MJPG', 100), 0);
});

test('formats that framehub does not read have no layout', (t) => {
  t.false(isReadable('H264'));
  t.throws(() => planesOf(format('H264', 640, 480, 0)), { instanceOf: RangeError, message: /H264/ });
});

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
