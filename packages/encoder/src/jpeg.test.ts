import { inspectJpeg, type JpegInfo } from '@framehub/frame';
import test from 'ava';
import jpegJs from 'jpeg-js';
import { RejectedFrame, structureOf } from './jpeg.js';

const encoded = jpegJs.encode({ width: 16, height: 8, data: new Uint8Array(16 * 8 * 4).fill(99) }, 80).data;
const jpeg = new Uint8Array(encoded);
const info = inspectJpeg(jpeg) as JpegInfo;

test('what the camera has found in a JPEG is not inspected again', (t) => {
  t.is(structureOf(jpeg, info), info);
  t.deepEqual(structureOf(jpeg), info);
});

test('a structure that goes beyond the bytes is not believed', (t) => {
  t.deepEqual(structureOf(jpeg, { ...info, byteLength: jpeg.length + 1 }), info);
  const error = t.throws<RejectedFrame>(() => structureOf(jpeg.subarray(0, -2), info), {
    instanceOf: RejectedFrame,
  });
  t.is(error?.fault, 'truncated');
});
