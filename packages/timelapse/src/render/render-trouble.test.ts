import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { canMount, smallDisk } from '../small-disk.fixture.js';
import { ffmpeg, hasFfmpeg, probe, temporaryFolder } from '../snapshots.fixture.js';
import { folderOfSnapshots, NOON, numbersIn, stampsIn, upTo } from './folder.fixture.js';
import { render } from './render.js';
import { stampText } from './stamp.js';

if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, so its failures were not tried');
// One after another: each film has two programs at work.
const test = (hasFfmpeg ? anyTest.serial : anyTest.skip) as TestFn;

test('broken, empty and deleted snapshots are left out and counted, and all others stay in their place', async (t) => {
  const { folder, output } = await folderOfSnapshots(t, 12);
  writeFileSync(join(folder, '000001.jpg'), '');
  writeFileSync(join(folder, '000004.jpg'), readFileSync(join(folder, '000004.jpg')).subarray(0, -100));
  rmSync(join(folder, '000007.jpg'));
  writeFileSync(join(folder, 'notes.txt'), 'no snapshot');
  t.like(await render({ folder, output, stamp: true }), { frames: 9, skipped: 2 });
  t.deepEqual(numbersIn(output), [2, 3, 5, 6, 8, 9, 10, 11, 12]);
  t.is(stampsIn(output)[4], stampText(NOON + 70_000));
});

test('a snapshot that cannot be decoded shows its neighbour, and all others stay in their place', async (t) => {
  const { folder, output } = await folderOfSnapshots(t, 6);
  for (const number of [1, 4]) {
    const file = join(folder, `00000${number}.jpg`);
    const jpeg = readFileSync(file);
    // An invalid Huffman table: the structure is still that of a JPEG.
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

test('an existing film is not changed, except with overwrite', async (t) => {
  const { folder, output } = await folderOfSnapshots(t, 2);
  writeFileSync(output, 'holiday');
  await t.throwsAsync(render({ folder, output }), { code: 'TIMELAPSE_FILE_EXISTS' });
  t.is(readFileSync(output, 'utf8'), 'holiday');
  await render({ folder, output, overwrite: true });
  t.is(probe(output).nb_read_frames, '2');
});

test('file names that look like options or addresses are file names', async (t) => {
  const { folder, place } = await folderOfSnapshots(t, 2);
  const output = join(place, '-y pipe:1%d\'"é.mp4');
  await render({ folder, output });
  t.is(probe(`file:${output}`).nb_read_frames, '2');
});

test('without snapshots there is no film, and the message says why', async (t) => {
  const place = temporaryFolder(t);
  const output = join(place, 'film.mp4');
  await t.throwsAsync(render({ folder: join(place, 'none'), output }), {
    code: 'TIMELAPSE_UNREADABLE',
    message: /no such file or folder$/,
  });
  await t.throwsAsync(render({ folder: place, output }), {
    code: 'TIMELAPSE_NO_FRAMES',
    message: /it has no numbered snapshots \(000001\.jpg\)$/,
  });
  writeFileSync(join(place, '000001.jpg'), 'no snapshot');
  await t.throwsAsync(render({ folder: place, output }), { message: /none of its 1 snapshots is a whole JPEG$/ });
});

test('a failure of ffmpeg is explained, and no file is left', async (t) => {
  const { folder, place } = await folderOfSnapshots(t, 3);
  const nowhere = join(place, 'nowhere', 'film.mp4');
  await t.throwsAsync(render({ folder, output: nowhere }), {
    code: 'TIMELAPSE_FFMPEG_FAILED',
    message: /^ffmpeg could not make .*film\.mp4: .*No such file or directory/,
  });
  // What an ffmpeg without an H.264 encoder writes.
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
  t.deepEqual(readdirSync(place).sort(), ['poor-ffmpeg', 'snapshots']);
});

if (!canMount) console.warn('SKIPPED: only root can mount, so no film filled a disk');

(hasFfmpeg && canMount ? anyTest.serial : anyTest.skip)('a full disk is reported, and no file is left', async (t) => {
  const place = temporaryFolder(t);
  const folder = join(place, 'snapshots');
  const noise = ['-f', 'lavfi', '-i', 'nullsrc=s=640x480,geq=random(1)*255:128:128', '-frames:v', '12', '-f', 'image2'];
  mkdirSync(folder);
  ffmpeg(Buffer.alloc(0), ...noise, join(folder, '%06d.jpg'));
  const disk = smallDisk(t);
  for (const name of ['film.mp4', 'film.avi']) {
    await t.throwsAsync(render({ folder, output: join(disk, name) }), { code: 'TIMELAPSE_DISK_FULL' }, name);
    t.deepEqual(readdirSync(disk), []);
  }
});

test('an aborted film leaves no file', async (t) => {
  const { folder, place, output } = await folderOfSnapshots(t, 60);
  const stop = new AbortController();
  const rendering = render({ folder, output, signal: stop.signal, onProgress: () => stop.abort() });
  stop.abort();
  await t.throwsAsync(rendering, { code: 'TIMELAPSE_INTERRUPTED' });
  t.deepEqual(readdirSync(place), ['snapshots']);
  const later = new AbortController();
  const encoding = render({ folder, output, signal: later.signal, onProgress: () => later.abort() });
  await t.throwsAsync(encoding, { code: 'TIMELAPSE_INTERRUPTED' });
  t.false(existsSync(output));
});
