import test from 'ava';
import { jpegOf, truncatedJpeg } from '../test-jpegs.test.helper.js';
import { JpegSplitter } from './jpeg-splitter.js';

function split(data: Buffer, chunkBytes: number): Buffer[] {
  const splitter = new JpegSplitter();
  const found: Buffer[] = [];
  for (let at = 0; at < data.length; at += chunkBytes)
    for (const jpeg of splitter.push(data.subarray(at, at + chunkBytes))) found.push(Buffer.from(jpeg));
  for (const jpeg of splitter.end()) found.push(Buffer.from(jpeg));
  return found;
}

const images = [jpegOf(1), jpegOf(2, 64, 48), jpegOf(3)];

test('JPEGs one after the other are found, whatever pieces they come in', (t) => {
  for (const chunkBytes of [1, 2, 3, 7, 1000, 1_000_000])
    t.deepEqual(split(Buffer.concat(images), chunkBytes), images, `${chunkBytes} bytes at a time`);
});

test('bytes between JPEGs are left out', (t) => {
  const filled = images.flatMap((image) => [Buffer.from('\r\n--boundary\r\n\xff\xd8'), image, Buffer.alloc(1000)]);
  t.deepEqual(split(Buffer.concat(filled), 500), images);
});

test('the end of a thumbnail within a segment is not the end of the JPEG', (t) => {
  const [whole = Buffer.alloc(0)] = images;
  const thumbnail = jpegOf(7, 16, 16);
  const segment = Buffer.concat([Buffer.of(0xff, 0xe1, 0, 0), thumbnail]);
  segment.writeUInt16BE(segment.length - 2, 2);
  const image = Buffer.concat([whole.subarray(0, 2), segment, whole.subarray(2)]);
  t.deepEqual(split(Buffer.concat([image, image]), 100), [image, image]);
});

test('a cut JPEG is passed on as far as it goes, and the next one whole', (t) => {
  const cut = truncatedJpeg(5);
  const [first, second] = split(Buffer.concat([cut, images[0] as Buffer]), 1000);
  t.deepEqual(first, cut);
  t.deepEqual(second, images[0]);
});

test('a cut JPEG at the end is passed on as far as it goes', (t) => {
  t.deepEqual(split(truncatedJpeg(5), 1000), [truncatedJpeg(5)]);
});

test('data without JPEGs gives none, and is not kept', (t) => {
  t.deepEqual(split(Buffer.alloc(3_000_000, 0xff), 65_536), []);
  t.deepEqual(split(Buffer.from('nothing of the kind'), 3), []);
});
