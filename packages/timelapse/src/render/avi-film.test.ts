import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import {
  greyFrames,
  hasFfmpeg,
  jpegLike,
  numberedJpegs,
  probe,
  readNumber,
  temporaryFolder,
} from '../snapshots.fixture.js';
import { render } from './render.js';

// One after another: they change PATH, which the whole process has.
const test = anyTest.serial;
if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, so no other program read the films made without it');
const foreign = (hasFfmpeg ? anyTest.serial : anyTest.skip) as TestFn;

function folderOf(t: ExecutionContext, jpegs: readonly Buffer[]): string {
  const folder = temporaryFolder(t);
  for (const [i, jpeg] of jpegs.entries()) writeFileSync(join(folder, `${String(i + 1).padStart(6, '0')}.jpg`), jpeg);
  return folder;
}

/** Runs as on a machine without ffmpeg. */
async function withoutFfmpeg<T>(run: () => Promise<T>): Promise<T> {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    return await run();
  } finally {
    process.env.PATH = path;
  }
}

test('without ffmpeg an AVI is made instead, and a warning says how to install ffmpeg and what is lost', async (t) => {
  const folder = folderOf(t, [jpegLike(1), jpegLike(2)]);
  const place = temporaryFolder(t);
  const words: string[] = [];
  const note = (_: object, message: string) => void words.push(message);
  const logger = { debug: note, info: note, warn: note, error: note };
  const output = join(place, 'film.mp4');
  const result = await withoutFfmpeg(() => render({ folder, output, stamp: true, width: 640, logger }));
  t.deepEqual(result, { file: join(place, 'film.avi'), frames: 2, skipped: 0, seconds: 0.08 });
  t.is(words.length, 1);
  t.regex(
    words[0] ?? '',
    /^ffmpeg is not installed \(.+ install ffmpeg\): .*film\.avi is made instead without stamp and width/,
  );
  t.deepEqual(readdirSync(place), ['film.avi']);
  await t.throwsAsync(
    withoutFfmpeg(() => render({ folder, output })),
    { code: 'TIMELAPSE_FILE_EXISTS' },
  );
});

foreign('60 snapshots are 60 frames, in order, at the requested frame rate', async (t) => {
  const numbers = Array.from({ length: 60 }, (_, i) => i + 1);
  const folder = folderOf(t, numberedJpegs(numbers));
  const output = join(temporaryFolder(t), 'film.avi');
  t.like(await withoutFfmpeg(() => render({ folder, output, fps: 12.5 })), { frames: 60, seconds: 4.8 });
  t.like(probe(output), { codec_name: 'mjpeg', nb_read_frames: '60', r_frame_rate: '25/2', width: 320, height: 240 });
  t.deepEqual(
    greyFrames(output, 320, 240).map((frame) => readNumber(frame, 320, 240)),
    numbers,
  );
});

foreign('snapshots of a different size are left out, logged and counted', async (t) => {
  const [first, second] = numberedJpegs([1, 2]);
  const [small] = numberedJpegs([9], { width: 160, height: 120 });
  const folder = folderOf(t, [first, small, second] as Buffer[]);
  const output = join(temporaryFolder(t), 'film.avi');
  t.like(await render({ folder, output }), { frames: 2, skipped: 1 });
  t.is(probe(output).nb_read_frames, '2');
});

test('options that an AVI does not support are refused', async (t) => {
  const folder = folderOf(t, [jpegLike(1)]);
  const output = join(folder, 'film.avi');
  for (const option of [{ stamp: true }, { deflicker: true }, { width: 640 }])
    await t.throwsAsync(render({ folder, output, ...option }), {
      code: 'TIMELAPSE_INVALID_OPTION',
      message: /^(stamp|deflicker|width) needs a film that ffmpeg makes: \.mp4, \.mov or \.mkv$/,
    });
});

test('an aborted film leaves no file', async (t) => {
  const folder = folderOf(t, [jpegLike(1), jpegLike(2), jpegLike(3)]);
  const place = temporaryFolder(t);
  const stop = new AbortController();
  const rendering = render({
    folder,
    output: join(place, 'film.avi'),
    signal: stop.signal,
    onProgress: ({ frames }) => void (frames === 2 && stop.abort()),
  });
  await t.throwsAsync(rendering, { code: 'TIMELAPSE_INTERRUPTED' });
  t.deepEqual(readdirSync(place), []);
});
