import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import {
  ffmpeg,
  greyFrames,
  hasFfmpeg,
  numberedJpegs,
  probe,
  readNumber,
  temporaryFolder,
} from '../snapshots.fixture.js';
import { folderOfSnapshots, NOON, numbersIn, SIZE, stampsIn, storeAll, upTo } from './folder.fixture.js';
import type { RenderProgress } from './options.js';
import { render } from './render.js';
import { stampText } from './stamp.js';

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, so no films were made with it');
// One after another: each film has two programs at work.
const test = (hasFfmpeg ? anyTest.serial : anyTest.skip) as TestFn;

test('60 snapshots are 60 frames, in order, at the requested frame rate, in a format that all players accept', async (t) => {
  const { folder, output, place } = await folderOfSnapshots(t);
  const reported: RenderProgress[] = [];
  const result = await render({ folder, output, fps: 25, onProgress: (progress) => reported.push(progress) });
  t.deepEqual(result, { file: output, frames: 60, skipped: 0, seconds: 2.4 });
  t.like(probe(output), {
    codec_name: 'h264',
    pix_fmt: 'yuv420p',
    nb_frames: '60',
    nb_read_frames: '60',
    r_frame_rate: '25/1',
    ...SIZE,
    color_range: 'tv',
    color_space: 'bt709',
  });
  t.deepEqual(numbersIn(output), upTo(60));
  t.deepEqual(reported.at(-1), { frames: 60, total: 60 });
  const film = readFileSync(output);
  t.true(film.indexOf('moov') < film.indexOf('mdat'), 'it plays while it is downloaded');
  t.deepEqual(readdirSync(place).sort(), ['film.mp4', 'snapshots']);
});

test('each frame has the stamp of its snapshot, also at irregular intervals', async (t) => {
  const { place } = await folderOfSnapshots(t, 1);
  const folder = join(place, 'irregular');
  const times = upTo(40).map((i) => NOON + i ** 3 * 777);
  await storeAll(folder, numberedJpegs(upTo(40), SIZE), (i) => times[i] ?? 0);
  const output = join(place, 'film.mkv');
  await render({ folder, output, stamp: true, deflicker: true });
  const read = stampsIn(output);
  t.deepEqual(read, times.map(stampText));
  t.deepEqual(numbersIn(output), upTo(40));
});

test("snapshots of other sizes are fitted into the first one's size, and filters lose none", async (t) => {
  const { folder, output } = await folderOfSnapshots(t, 10);
  await storeAll(folder, numberedJpegs(upTo(10, 11), { width: 120, height: 240 }));
  await storeAll(folder, numberedJpegs(upTo(10, 21), { width: 640, height: 480 }));
  t.like(await render({ folder, output, deflicker: true, stamp: true }), { frames: 30 });
  t.like(probe(output), { nb_read_frames: '30', ...SIZE });
  const frames = greyFrames(output, 320, 240);
  t.deepEqual(
    [...frames.slice(0, 10), ...frames.slice(20)].map((frame) => readNumber(frame, 320, 240)),
    [...upTo(10), ...upTo(10, 21)],
  );
  for (const [i, frame] of frames.slice(10, 20).entries()) {
    // 120 pixels in the middle, black beside them, which deflicker makes a little brighter.
    for (const x of [50, 270]) t.true((frame[320 * 60 + x] ?? 255) < 30);
    const middle = Buffer.concat(upTo(240, 0).map((y) => frame.subarray(y * 320 + 100, y * 320 + 220)));
    t.is(readNumber(middle, 120, 240), 11 + i);
  }
  t.deepEqual(
    stampsIn(output),
    upTo(30, 0).map((i) => stampText(NOON + i * 10_000)),
  );
});

test('sizes are made even, and the width can be chosen', async (t) => {
  const place = temporaryFolder(t);
  const folder = join(place, 'snapshots');
  await storeAll(folder, numberedJpegs(upTo(3), { width: 321, height: 241 }));
  await render({ folder, output: join(place, 'a.mp4') });
  t.like(probe(join(place, 'a.mp4')), { width: 320, height: 240, nb_read_frames: '3' });
  await render({ folder, output: join(place, 'b.mov'), width: 161 });
  t.like(probe(join(place, 'b.mov')), { width: 160, height: 120 });
});

test('any frame rate is kept exactly', async (t) => {
  const { folder, place } = await folderOfSnapshots(t, 50);
  for (const [fps, rate] of [
    [29.97, '30000/1001'],
    [12.5, '25/2'],
    [0.5, '1/2'],
    [120, '120/1'],
  ] as const) {
    const output = join(place, `${fps}.mp4`);
    t.like(await render({ folder, output, fps, stamp: true }), { frames: 50 });
    t.like(probe(output), { nb_read_frames: '50', r_frame_rate: rate });
    t.deepEqual(numbersIn(output), upTo(50));
  }
});

test('deflicker evens out brightness', async (t) => {
  const place = temporaryFolder(t);
  const folder = join(place, 'snapshots');
  const pair = [200, 150].map((brightness) => numberedJpegs([0xffff], { ...SIZE, brightness })[0] as Buffer);
  await storeAll(
    folder,
    upTo(30).map((i) => pair[i % 2] as Buffer),
  );
  const swing = async (deflicker: boolean) => {
    const output = join(place, `${deflicker}.mp4`);
    await render({ folder, output, deflicker });
    const means = greyFrames(output, 320, 240).map(
      (frame) => frame.reduce((sum, value) => sum + value, 0) / frame.length,
    );
    return Math.max(...means.slice(10, 20)) - Math.min(...means.slice(10, 20));
  };
  t.true((await swing(false)) > 40);
  t.true((await swing(true)) < 20);
});

test('the film has the colours of the snapshots', async (t) => {
  const place = temporaryFolder(t);
  const folder = join(place, 'snapshots');
  const colour = [200, 60, 40];
  const one = Buffer.concat(Array.from({ length: 320 * 240 }, () => Buffer.from(colour)));
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', '320x240', '-i', '-'];
  await storeAll(folder, [ffmpeg(one, ...raw, '-pix_fmt', 'yuvj420p', '-q:v', '2', '-f', 'mjpeg', '-')]);
  const output = join(place, 'film.mp4');
  await render({ folder, output });
  const shown = ffmpeg(Buffer.alloc(0), '-i', output, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-');
  for (const [i, value] of colour.entries())
    t.true(Math.abs((shown[i] ?? 0) - value) <= 4, `${shown.subarray(0, 3).join()}`);
});

test('a span of time can be chosen', async (t) => {
  const { folder, output } = await folderOfSnapshots(t, 10);
  await render({ folder, output, from: '2026-11-24T12:00:20Z', to: '2026-11-24T12:00:40Z' });
  t.deepEqual(numbersIn(output), [3, 4, 5]);
  await t.throwsAsync(render({ folder, output, overwrite: true, from: '2027-01-01' }), {
    code: 'TIMELAPSE_NO_FRAMES',
    message: /none of its 10 snapshots was taken between from and to$/,
  });
});
