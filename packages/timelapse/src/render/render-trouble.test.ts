import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { ffmpeg, hasFfmpeg, probe, temporaryFolder } from '../pictures.fixture.js';
import { canMount, smallDisk } from '../small-disk.fixture.js';
import { folderOfPictures, NOON, numbersIn, stampsIn, upTo } from './folder.fixture.js';
import { render } from './render.js';
import { stampText } from './stamp/stamp.js';

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, so none of its troubles was met');
// One after another: each film has two programs at work.
const test = (hasFfmpeg ? anyTest.serial : anyTest.skip) as TestFn;

test('what is broken, empty or gone is left out and counted, and all else is where it belongs', async (t) => {
  const { folder, output } = await folderOfPictures(t, 12);
  writeFileSync(join(folder, '000001.jpg'), '');
  writeFileSync(join(folder, '000004.jpg'), readFileSync(join(folder, '000004.jpg')).subarray(0, -100));
  rmSync(join(folder, '000007.jpg'));
  writeFileSync(join(folder, 'notes.txt'), 'no picture');
  t.like(await render({ folder, output, stamp: true }), { frames: 9, skipped: 2 });
  t.deepEqual(numbersIn(output), [2, 3, 5, 6, 8, 9, 10, 11, 12]);
  t.is(stampsIn(output)[4], stampText(NOON + 70_000));
});

test('a picture that no decoder takes shows its neighbour, and moves nothing out of its place', async (t) => {
  const { folder, output } = await folderOfPictures(t, 6);
  for (const number of [1, 4]) {
    const file = join(folder, `00000${number}.jpg`);
    const jpeg = readFileSync(file);
    // A Huffman table that is none: the structure is that of a JPEG all the same.
    const table = jpeg.indexOf(Buffer.from([0xff, 0xc4]));
    writeFileSync(file, jpeg.fill(0xff, table + 5, table + 21));
  }
  t.like(await render({ folder, output, stamp: true }), { frames: 6 });
  t.deepEqual(numbersIn(output), [2, 2, 3, 3, 5, 6]);
  t.deepEqual(
    stampsIn(output),
    upTo(6, 0).map((i) => stampText(NOON + i * 10_000)),
  );
});

test('a film that is there is left alone, unless it is to be replaced', async (t) => {
  const { folder, output } = await folderOfPictures(t, 2);
  writeFileSync(output, 'holiday');
  await t.throwsAsync(render({ folder, output }), { code: 'TIMELAPSE_FILE_EXISTS' });
  t.is(readFileSync(output, 'utf8'), 'holiday');
  await render({ folder, output, overwrite: true });
  t.is(probe(output).nb_read_frames, '2');
});

test('names that look like options or addresses are names', async (t) => {
  const { folder, place } = await folderOfPictures(t, 2);
  const output = join(place, '-y pipe:1%d\'"é.mp4');
  await render({ folder, output });
  t.is(probe(`file:${output}`).nb_read_frames, '2');
});

test('without pictures there is no film, and the message says why', async (t) => {
  const place = temporaryFolder(t);
  const output = join(place, 'film.mp4');
  await t.throwsAsync(render({ folder: join(place, 'none'), output }), {
    code: 'TIMELAPSE_UNREADABLE',
    message: /there is no such file or folder$/,
  });
  await t.throwsAsync(render({ folder: place, output }), {
    code: 'TIMELAPSE_NO_FRAMES',
    message: /there are no numbered pictures \(000001\.jpg\) in it$/,
  });
  writeFileSync(join(place, '000001.jpg'), 'no picture');
  await t.throwsAsync(render({ folder: place, output }), { message: /none of 1 pictures is a whole JPEG$/ });
});

test('what ffmpeg cannot do is explained, and nothing is left', async (t) => {
  const { folder, place } = await folderOfPictures(t, 3);
  const nowhere = join(place, 'nowhere', 'film.mp4');
  await t.throwsAsync(render({ folder, output: nowhere }), {
    code: 'TIMELAPSE_FFMPEG_FAILED',
    message: /^ffmpeg could not make .*film\.mp4: .*No such file or directory/,
  });
  // One that was built without an H.264 encoder says so like this.
  const poor = join(place, 'poor-ffmpeg');
  const script = [
    '#!/bin/sh',
    'for word; do test "$word" = libx264 && echo "Unknown encoder \'libx264\'" >&2 && exit 1; done',
  ];
  writeFileSync(poor, `${script.join('\n')}\nexec ffmpeg "$@"\n`);
  chmodSync(poor, 0o755);
  const output = join(place, 'film.mp4');
  await t.throwsAsync(render({ folder, output, ffmpeg: poor }), {
    code: 'TIMELAPSE_FFMPEG_FAILED',
    message: /it has no H\.264 encoder \(libx264\): install a full build of ffmpeg$/,
  });
  await t.throwsAsync(render({ folder, output, ffmpeg: join(place, 'none') }), { code: 'TIMELAPSE_INVALID_OPTION' });
  t.deepEqual(readdirSync(place).sort(), ['pictures', 'poor-ffmpeg']);
});

if (!canMount) console.warn('SKIPPED: only root can mount, so no disk was filled with a film');

(hasFfmpeg && canMount ? anyTest.serial : anyTest.skip)(
  'a disk that is full is said, and nothing is left',
  async (t) => {
    const place = temporaryFolder(t);
    const folder = join(place, 'pictures');
    const noise = [
      '-f',
      'lavfi',
      '-i',
      'nullsrc=s=640x480,geq=random(1)*255:128:128',
      '-frames:v',
      '12',
      '-f',
      'image2',
    ];
    mkdirSync(folder);
    ffmpeg(Buffer.alloc(0), ...noise, join(folder, '%06d.jpg'));
    const disk = smallDisk(t);
    for (const name of ['film.mp4', 'film.avi']) {
      await t.throwsAsync(render({ folder, output: join(disk, name) }), { code: 'TIMELAPSE_DISK_FULL' }, name);
      t.deepEqual(readdirSync(disk), []);
    }
  },
);

test('stopped on the way, it leaves nothing', async (t) => {
  const { folder, place, output } = await folderOfPictures(t, 60);
  const stop = new AbortController();
  const rendering = render({ folder, output }, { signal: stop.signal, progress: () => stop.abort() });
  stop.abort();
  await t.throwsAsync(rendering, { code: 'TIMELAPSE_INTERRUPTED' });
  t.deepEqual(readdirSync(place), ['pictures']);
  const later = new AbortController();
  const encoding = render({ folder, output }, { signal: later.signal, progress: () => later.abort() });
  await t.throwsAsync(encoding, { code: 'TIMELAPSE_INTERRUPTED' });
  t.false(existsSync(output));
});
