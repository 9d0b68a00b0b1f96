import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Camera } from '../../camera.js';
import { until } from '../../watch-state.test.helper.js';
import { take } from '../describe-source.test.helper.js';
import { jpegOf } from '../test-jpegs.test.helper.js';
import { JpegSplitter } from './jpeg-splitter.js';

const MB = 1024 * 1024;
/** What closing may take, without the thread being ended by force. */
const CLOSED_IN_TIME_MS = 1500;
const image = jpegOf(1, 64, 48);
const start = Buffer.of(0xff, 0xd8, 0xff, 0xe0);

type Put = (path: string) => void;
const bytes =
  (content: () => Uint8Array): Put =>
  (path) =>
    writeFileSync(path, content());
const sparse =
  (size: number): Put =>
  (path) => {
    writeFileSync(path, '');
    truncateSync(path, size);
  };

/** What a folder may hold under the name of an image without being one. */
const hostile: Readonly<Record<string, Put>> = {
  'a folder': (path) => mkdirSync(path),
  'a file of 0 bytes': bytes(() => Buffer.alloc(0)),
  '10 MB of 0xff': bytes(() => Buffer.alloc(10 * MB, 0xff)),
  'a start and 10 MB of 0xff': bytes(() => Buffer.concat([start, Buffer.alloc(10 * MB, 0xff)])),
  'a segment of length 0': bytes(() => Buffer.concat([start, Buffer.alloc(1000)])),
  'a segment of length 1': bytes(() => Buffer.concat([start, Buffer.of(0, 1), Buffer.alloc(1000)])),
  'a segment that goes beyond the end': bytes(() => Buffer.concat([start, Buffer.of(0xff, 0xff, 1)])),
  'a start and nothing more': bytes(() => start),
  'a start over and over': bytes(() => Buffer.alloc(MB, Buffer.of(0xff, 0xd8))),
  'empty images over and over': bytes(() => Buffer.alloc(4 * MB, Buffer.of(0xff, 0xd8, 0xff, 0xd9))),
  'a terabyte of nothing': sparse(1024 * 1024 * MB),
  ...(process.platform === 'linux' && {
    'a pipe without a writer': (path: string) => void spawnSync('mkfifo', [path]),
    'a link to nowhere': (path: string) => symlinkSync('/nonexistent/framehub', path),
    'a link to itself': (path: string) => symlinkSync(path, path),
    'an endless device': (path: string) => symlinkSync('/dev/zero', path),
    'a file of the kernel without a size': (path: string) => symlinkSync('/proc/self/pagemap', path),
  }),
};

function temporary(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'framehub-hostile-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function using(t: ExecutionContext, path: string, use: (camera: Camera) => Promise<void>): Promise<void> {
  const camera = new Camera({ name: 'files', source: { type: 'file', path, fps: 50 } });
  camera.open();
  try {
    await use(camera);
  } finally {
    const begun = performance.now();
    await camera.close();
    t.true(performance.now() - begun < CLOSED_IN_TIME_MS);
  }
}

for (const [what, put] of Object.entries(hostile)) {
  test.serial(`${what} among JPEGs costs none of them`, async (t) => {
    const folder = temporary(t);
    writeFileSync(join(folder, '1.jpg'), image);
    put(join(folder, '2.jpg'));
    writeFileSync(join(folder, '3.jpg'), jpegOf(1, 80, 48));
    await using(t, folder, async (camera) => {
      const widths = (await take(camera, 4)).map(({ format }) => format.width);
      t.deepEqual(widths, [64, 80, 64, 80]);
      t.deepEqual(camera.status().failures, {});
    });
  });

  test.serial(`${what} alone is an error that says why there are no frames`, async (t) => {
    const path = join(temporary(t), 'only.jpg');
    put(path);
    await using(t, path, async (camera) => {
      const { error } = await until(camera, ({ state }) => state === 'retrying');
      t.regex(error?.code ?? '', /^CAPTURE_FILE_/, error?.message);
    });
  });
}

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

onLinux('pipes do not take the threads that all files have', async (t) => {
  const folder = temporary(t);
  for (let i = 0; i < 8; i++) spawnSync('mkfifo', [join(folder, `${i}.jpg`)]);
  writeFileSync(join(folder, '9.jpg'), image);
  await using(t, folder, async (camera) => {
    await take(camera, 3);
    t.deepEqual(await readFile(join(folder, '9.jpg')), image);
  });
});

onLinux('a file is read although its name is not valid UTF-8', async (t) => {
  const folder = temporary(t);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9), Buffer.from('.jpg')]), image);
  await using(t, folder, async (camera) => {
    t.is((await take(camera, 1))[0]?.byteLength, image.length);
  });
});

test.serial('a file that becomes shorter, or another one, goes on from its start', async (t) => {
  const film = join(temporary(t), 'film.mjpeg');
  const large = Buffer.concat(Array.from({ length: 200 }, (_, i) => jpegOf(i, 320, 240)));
  writeFileSync(film, large);
  await using(t, film, async (camera) => {
    await take(camera, 2);
    truncateSync(film, Math.floor(large.length / 3));
    await take(camera, 2);
    writeFileSync(film, image);
    const isNew = async (): Promise<boolean> => (await take(camera, 1))[0]?.format.width === 64;
    while (!(await isNew())) t.deepEqual(camera.status().failures, {});
  });
});

test.serial('thousands of names are shown in their order', async (t) => {
  const folder = temporary(t);
  for (let i = 20_000; i > 0; i--) writeFileSync(join(folder, `${i}.jpg`), i === 1 ? image : '');
  await using(t, folder, async (camera) => {
    t.is((await take(camera, 1))[0]?.format.width, 64);
  });
});

test('pieces of a large file are each read once', (t) => {
  for (const fill of [0, 0xff]) {
    const film = Buffer.alloc(32 * MB, fill);
    Buffer.of(0xff, 0xd8, 0xff, 0xda, 0, 2).copy(film);
    const splitter = new JpegSplitter();
    const begun = performance.now();
    for (let at = 0; at < film.length; at += 4096) for (const _ of splitter.push(film.subarray(at, at + 4096)));
    // Half a minute and more when each piece is put to all that came before.
    t.true(performance.now() - begun < 10_000);
  }
});

test('whatever bytes there are, the splitter ends, and gives no more than came in', (t) => {
  const likely = [0xff, 0xd8, 0xd9, 0xda, 0x00, 0x01, 0x02, 0xd0, 0xff, 0xe0, 0xc0];
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const film = Uint8Array.from({ length: random(60) }, () => likely[random(likely.length)] as number);
    const splitter = new JpegSplitter();
    const piece = 1 + random(8);
    let given = 0;
    for (let at = 0; at < film.length; at += piece)
      for (const jpeg of splitter.push(film.subarray(at, at + piece))) given += jpeg.length;
    for (const jpeg of splitter.end()) given += jpeg.length;
    if (given > film.length) t.fail(Buffer.from(film).toString('hex'));
  }
  t.pass();
});
