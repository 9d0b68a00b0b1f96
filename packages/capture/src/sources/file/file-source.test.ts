import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectJpeg, isBroken, type RawFrame } from '@framehub/frame';
import test from 'ava';
import { Camera } from '../../camera.js';
import type { FileOptions } from '../../options.js';
import { watchFrames } from '../../using-camera.test.helper.js';
import { watchState } from '../../watch-state.test.helper.js';
import { describeSource, take } from '../describe-source.test.helper.js';
import { jpegOf, truncatedJpeg } from '../test-jpegs.test.helper.js';

async function folderOf(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-file-'));
  await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder, name), bytes)));
  return folder;
}

function wholeJpeg(_frame: RawFrame, bytes: Uint8Array): void {
  const info = inspectJpeg(bytes);
  if (isBroken(info)) throw new Error(info.fault);
}

for (const [name, files, path] of [
  ['folder', { '1.jpg': jpegOf(1), '2.JPEG': jpegOf(2), 'notes.txt': Buffer.from('x') }, '.'],
  ['mjpeg file', { 'film.mjpeg': Buffer.concat([jpegOf(1), jpegOf(2), jpegOf(3)]) }, 'film.mjpeg'],
  ['single image', { 'one.jpg': jpegOf(1) }, 'one.jpg'],
] as const) {
  const set = async () => {
    const folder = await folderOf(files);
    const source = { type: 'file', path: join(folder, path), fps: 50 } as const;
    return { source, dispose: () => rm(folder, { recursive: true }) };
  };
  describeSource(test, name, set, wholeJpeg);
}

async function using(
  files: Readonly<Record<string, Uint8Array>>,
  options: Partial<FileOptions>,
  use: (camera: Camera, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await folderOf(files);
  const path = join(folder, options.path ?? '.');
  const camera = new Camera({ name: 'files', source: { fps: 100, ...options, type: 'file', path } });
  try {
    camera.open();
    await use(camera, folder);
  } finally {
    await camera.close();
    await rm(folder, { recursive: true });
  }
}

/** The images differ in width. */
const widths = (frames: readonly RawFrame[]): number[] => frames.map(({ format }) => format.width);
const wide = (width: number): Buffer => jpegOf(1, width, 64);

test.serial('JPEGs come in order of name, numbers by their value, and begin again', (t) =>
  using({ '10.jpg': wide(100), '9.jpg': wide(90), '2.jpg': wide(20) }, {}, async (camera) => {
    t.deepEqual(widths(await take(camera, 5)), [20, 90, 100, 20, 90]);
  }),
);

test.serial('without looping, all come once', (t) =>
  using({ '1.jpg': wide(16), '2.jpg': wide(24), '3.jpg': wide(32) }, { loop: false }, async (camera) => {
    const frames = await take(camera, 3);
    t.deepEqual(widths(frames), [16, 24, 32]);
    t.is(camera.status().state, 'live');
  }),
);

test.serial('a JPEG that is added while the source runs comes in the next round', (t) =>
  using({ '1.jpg': wide(16) }, {}, async (camera, folder) => {
    await take(camera, 2);
    await writeFile(join(folder, '2.jpg'), wide(48));
    await new Promise<void>((resolve) => {
      const stop = watchFrames(camera, ({ format }) => {
        if (format.width !== 48) return;
        stop.close();
        resolve();
      });
    });
    t.pass();
  }),
);

test.serial('broken JPEGs are counted and left out', (t) =>
  using(
    { '1.jpg': truncatedJpeg(1), '2.jpg': Buffer.from('not an image'), '3.jpg': wide(32), '4.jpg': Buffer.alloc(0) },
    {},
    async (camera) => {
      t.deepEqual(widths(await take(camera, 3)), [32, 32, 32]);
      await camera.close();
      const { truncated = 0, empty = 0, 'not-jpeg': foreign = 0 } = camera.status().frames.dropped;
      t.true(truncated > 0 && empty > 0 && foreign > 0);
    },
  ),
);

const failing = test.macro((t, files: Readonly<Record<string, Uint8Array>>, path: string, code: string) =>
  using(files, { path }, async (camera) => {
    const { state, error } = await camera.settled();
    t.is(state, 'retrying');
    t.is(error?.code, code);
    t.true(error?.message.includes(path === '.' ? 'framehub-file-' : path));
  }),
);

test.serial('an empty folder is an error', failing, {}, '.', 'CAPTURE_FILE_NO_FRAMES');
test.serial(
  'a folder of nothing but broken images is an error',
  failing,
  { '1.jpg': truncatedJpeg(1) },
  '.',
  'CAPTURE_FILE_NO_FRAMES',
);
test.serial(
  'a file without a JPEG is an error',
  failing,
  { 'x.mjpeg': Buffer.from('text') },
  'x.mjpeg',
  'CAPTURE_FILE_NO_FRAMES',
);
test.serial('a path that is not there is an error', failing, {}, 'nowhere', 'CAPTURE_FILE_MISSING');

test.serial('a folder that is filled later is found', (t) =>
  using({}, {}, async (camera, folder) => {
    await camera.settled();
    const live = new Promise<void>((resolve) => {
      watchState(camera, ({ state }) => {
        if (state === 'live') resolve();
      });
    });
    await writeFile(join(folder, '1.jpg'), wide(32));
    await live;
    t.is(camera.status().error, undefined);
  }),
);

test.serial('files have no controls', (t) =>
  using({ '1.jpg': wide(32) }, {}, async (camera) => {
    await t.throwsAsync(camera.controls(), { code: 'CAPTURE_NO_CONTROLS' });
    await t.throwsAsync(camera.setControls({ brightness: 1 }), { code: 'CAPTURE_NO_CONTROLS' });
  }),
);
