import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type Koffi from 'koffi';
import { turboPath } from '../images.fixture.js';
import { findCodec } from './find.js';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly data: object;
}

function recorder() {
  const lines: Line[] = [];
  const at = (level: string) => (data: object, message: string) => void lines.push({ level, message, data });
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

const TJ3_0 = [
  ...['tj3Init', 'tj3Destroy', 'tj3GetErrorStr', 'tj3Set', 'tj3Get', 'tj3JPEGBufSize', 'tj3YUVPlaneSize'],
  ...['tj3DecompressHeader', 'tj3SetScalingFactor', 'tj3DecompressToYUVPlanes8', 'tj3Decompress8'],
  ...['tj3CompressFromYUVPlanes8', 'tj3Compress8', 'tj3Transform'],
];

const noKoffi = () => Promise.reject(new Error("Cannot find package 'koffi'"));
const packaged = await turboPath();
if (!packaged) console.log('SKIPPED: no libjpeg-turbo 3 on this machine');
const turboTest = packaged ? test : test.skip;

turboTest('libjpeg-turbo is preferred and named with its version', async (t) => {
  const { lines, logger } = recorder();
  const { choice, description } = await findCodec({ codec: 'auto', library: undefined, logger });
  t.is(choice.name, 'turbo');
  t.regex(description, /^libjpeg-turbo \d+\.\d+\.\d+$/);
  t.deepEqual(
    lines.map(({ level, message }) => `${level} ${message}`),
    [`info JPEG codec: ${description}`],
  );
});

turboTest('a library that is named comes first', async (t) => {
  const { logger } = recorder();
  const { choice } = await findCodec({ codec: 'turbo', library: packaged, logger });
  t.deepEqual(choice, { name: 'turbo', path: packaged ?? '' });
});

turboTest('a named library that does not exist or is no library is warned of, and the search goes on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'libturbojpeg.so.0'), 'no library');
  for (const library of ['/nowhere/libturbojpeg.so.0', join(folder, 'libturbojpeg.so.0')]) {
    const { lines, logger } = recorder();
    const { choice } = await findCodec({ codec: 'auto', library, logger });
    t.deepEqual(choice, { name: 'turbo', path: packaged ?? '' });
    t.is(lines[0]?.level, 'warn');
    t.true(lines[0]?.message.includes(library));
  }
});

const old = ['x86_64-linux-gnu', 'aarch64-linux-gnu', 'arm-linux-gnueabihf']
  .map((triplet) => `/usr/lib/${triplet}/libturbojpeg.so.0`)
  .find((path) => existsSync(path) && !hasVersion3(path));
if (!old) console.log('SKIPPED: no libturbojpeg older than 3.0 is installed');
(old ? turboTest : test.skip)('a library older than 3.0 is unsuitable, and said to be', async (t) => {
  const { lines, logger } = recorder();
  await findCodec({ codec: 'auto', library: old, logger });
  t.deepEqual(lines[0]?.data, { path: old, reason: 'older than libjpeg-turbo 3.1' });
});

const hasGcc = spawnSync('gcc', ['--version']).status === 0;
if (!hasGcc) console.log('SKIPPED: gcc is not installed, so no library of 3.0 is tried');
(hasGcc ? turboTest : test.skip)('so is one of 3.0, which writes past the end of buffers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'framehub-'));
  t.teardown(() => rm(folder, { recursive: true }));
  // Each function of 3.0 that is used here; those of 3.1 are missing.
  const names = TJ3_0.map((name) => `int ${name}(void) { return 0; }`).join('\n');
  await writeFile(join(folder, 'tj.c'), names);
  const library = join(folder, 'libturbojpeg.so.0');
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, join(folder, 'tj.c')]);
  const { lines, logger } = recorder();
  const { choice } = await findCodec({ codec: 'auto', library, logger });
  t.deepEqual(lines[0]?.data, { path: library, reason: 'older than libjpeg-turbo 3.1' });
  t.deepEqual(choice, { name: 'turbo', path: packaged ?? '' });
});

test('without koffi the portable codec is taken, with a warning that it is slow', async (t) => {
  const { lines, logger } = recorder();
  const { choice, description } = await findCodec({ codec: 'auto', library: undefined, logger }, noKoffi);
  t.deepEqual(choice, { name: 'portable' });
  t.regex(description, /^jpeg-js \d+\.\d+\.\d+ \(portable, slow\)$/);
  t.deepEqual(
    lines.map(({ level }) => level),
    ['warn', 'warn'],
  );
  t.regex(lines[0]?.message ?? '', /koffi/);
  t.regex(lines[1]?.message ?? '', /27 times slower/);
});

test('portable on demand looks for nothing else', async (t) => {
  const { lines, logger } = recorder();
  const { choice } = await findCodec({ codec: 'portable', library: undefined, logger }, () => t.fail() as never);
  t.deepEqual(choice, { name: 'portable' });
  t.is(lines.length, 1);
});

test('turbo on demand and not there is an error that says what to install', async (t) => {
  const { logger } = recorder();
  const error = await t.throwsAsync(findCodec({ codec: 'turbo', library: undefined, logger }, noKoffi), {
    code: 'ENCODER_CODEC_MISSING',
  });
  t.regex(error?.message ?? '', /koffi and @julusian\/jpeg-turbo/);
});

function hasVersion3(path: string): boolean {
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  try {
    koffi.load(path).func('tj3Init', 'void *', ['int']);
    return true;
  } catch {
    return false;
  }
}
