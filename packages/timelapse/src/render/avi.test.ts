import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import {
  greyFrames,
  hasFfmpeg,
  jpegLike,
  numberedJpegs,
  probe,
  readNumber,
  temporaryFolder,
} from '../snapshots.fixture.js';
import { AviWriter } from './avi.js';

const test = anyTest;
if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, so no other program read the AVI films');
const foreign = (hasFfmpeg ? anyTest : anyTest.skip) as TestFn;

const SMALL = { width: 16, height: 8, rate: 25, scale: 1 };

test('sizes and offsets in the file and its index are correct', async (t) => {
  const path = join(temporaryFolder(t), 'film.avi');
  const jpegs = [100, 101, 103].map((size, i) => jpegLike(i, size));
  const writer = await AviWriter.create(path, SMALL);
  for (const jpeg of jpegs) await writer.add(jpeg);
  await writer.finish();
  await writer.close();
  const film = readFileSync(path);
  t.is(film.toString('latin1', 0, 4) + film.toString('latin1', 8, 12), 'RIFFAVI ');
  t.is(film.readUInt32LE(4), film.length - 8);
  const movie = film.indexOf('movi');
  const index = film.indexOf('idx1');
  t.is(movie + film.readUInt32LE(movie - 4), index, 'the list of frames ends where the index begins');
  t.is(film.readUInt32LE(index + 4), film.length - index - 8);
  for (const [i, jpeg] of jpegs.entries()) {
    const entry = index + 8 + 16 * i;
    const at = movie + film.readUInt32LE(entry + 8);
    t.is(film.toString('latin1', at, at + 4), '00dc');
    t.is(at % 2, 0, 'chunks begin at even offsets');
    t.is(film.readUInt32LE(at + 4), film.readUInt32LE(entry + 12));
    t.deepEqual(film.subarray(at + 8, at + 8 + film.readUInt32LE(at + 4)), jpeg);
  }
});

foreign('ffprobe and ffmpeg find all frames, at their frame rate', async (t) => {
  const folder = temporaryFolder(t);
  const numbers = Array.from({ length: 60 }, (_, i) => 1000 + i);
  const jpegs = numberedJpegs(numbers);
  for (const [rate, scale] of [
    [25, 1],
    [30_000, 1001],
    [1, 2],
  ] as const) {
    const path = join(folder, `${rate}.avi`);
    const writer = await AviWriter.create(path, { width: 320, height: 240, rate, scale });
    for (const jpeg of jpegs) await writer.add(jpeg);
    await writer.finish();
    await writer.close();
    t.like(probe(path), {
      codec_name: 'mjpeg',
      nb_frames: '60',
      nb_read_frames: '60',
      r_frame_rate: `${rate}/${scale}`,
      width: 320,
      height: 240,
    });
    t.deepEqual(
      greyFrames(path, 320, 240).map((frame) => readNumber(frame, 320, 240)),
      numbers,
    );
  }
});

test("beyond the format's limit nothing is written, and the film can be finished", async (t) => {
  const path = join(temporaryFolder(t), 'film.avi');
  const writer = await AviWriter.create(path, SMALL, 5000);
  t.teardown(() => writer.close());
  const fill = async () => {
    for (;;) await writer.add(jpegLike(1, 1000));
  };
  await t.throwsAsync(fill(), {
    code: 'TIMELAPSE_FILM_TOO_LARGE',
    message: /reached after 4 frames: install ffmpeg/,
  });
  await writer.finish();
  t.is(writer.frames, 4);
  t.true(statSync(path).size <= 5000);
});

test('an existing file is not changed', async (t) => {
  const path = join(temporaryFolder(t), 'film.avi');
  writeFileSync(path, 'mine');
  await t.throwsAsync(AviWriter.create(path, SMALL), { code: 'TIMELAPSE_UNWRITABLE' });
  t.is(readFileSync(path, 'utf8'), 'mine');
});
