import { spawnSync } from 'node:child_process';
import { planesOf, READABLE_FOURCCS } from '@framehub/frame';
import test from 'ava';
import { glyphOf } from './font.js';
import { canvasFor } from './pattern-source.js';
import type { Canvas } from './scene.js';
import type { Look } from './test-pattern.js';
import { readFrameNumber, TestPattern } from './test-pattern.js';

const SIZES = [
  [1280, 720],
  [640, 480],
  [322, 246],
  [125, 77],
  [16, 16],
] as const;
const RAW = READABLE_FOURCCS.filter((fourcc) => fourcc !== 'MJPG' && fourcc !== 'JPEG');
const FFMPEG_NAMES: Readonly<Record<string, string>> = {
  YUYV: 'yuyv422',
  UYVY: 'uyvy422',
  NV12: 'nv12',
  YU12: 'yuv420p',
  BGR3: 'bgr24',
  RGB3: 'rgb24',
  GREY: 'gray',
};

function draw(
  fourcc: string,
  [width, height]: readonly [width: number, height: number],
  numbers: readonly number[],
  look: Partial<Look> = {},
): Canvas & { bytes: Uint8Array } {
  const pattern = new TestPattern(width, height, ['garage', `${width}x${height}`], look);
  const canvas = canvasFor(fourcc, pattern.scene);
  let bytes: Uint8Array = new Uint8Array();
  for (const number of numbers) {
    pattern.draw(number, 1_700_000_000_000 + number * 33);
    bytes = canvas.render();
  }
  return { format: canvas.format, render: () => bytes, bytes };
}

/** Luma of a pixel of a raw image: its Y, or its green. */
function lumaOf(canvas: ReturnType<typeof draw>): (x: number, y: number) => number {
  const { fourcc } = canvas.format;
  const [plane] = planesOf(canvas.format);
  const [step, first] = { YUYV: [2, 0], UYVY: [2, 1], RGB3: [3, 1], BGR3: [3, 1] }[fourcc] ?? [1, 0];
  return (x, y) => canvas.bytes[(plane?.stride ?? 0) * y + x * (step ?? 1) + (first ?? 0)] ?? -1;
}

for (const fourcc of RAW) {
  test(`${fourcc} carries the frame's number at every size`, (t) => {
    for (const [width, height] of SIZES) {
      for (const number of [0, 1, 2, 3]) {
        const canvas = draw(fourcc, [width, height], [number]);
        t.is(readFrameNumber(lumaOf(canvas), width), number, `${width}x${height}`);
      }
    }
  });

  test(`${fourcc} drawn frame after frame equals ${fourcc} drawn at once`, (t) => {
    for (const [width, height] of SIZES) {
      const numbers = Array.from({ length: 10 }, (_, i) => i * 7);
      const changed = draw(fourcc, [width, height], numbers).bytes;
      const fresh = draw(fourcc, [width, height], numbers.slice(-1)).bytes;
      // Not deepEqual, which takes seconds for a megabyte.
      t.is(Buffer.compare(changed, fresh), 0, `${width}x${height}`);
    }
  });
}

test('the number has 32 bits where there is room', (t) => {
  t.is(readFrameNumber(lumaOf(draw('GREY', [640, 480], [0xdeadbeef])), 640), 0xdeadbeef);
  t.is(readFrameNumber(lumaOf(draw('GREY', [320, 240], [0xdeadbeef])), 320), 0xdeadbeef);
});

const LOOKS: Readonly<Record<string, Partial<Look>>> = {
  'more light': { shade: (luma) => Math.min(255, luma + 127) },
  'its negative': { shade: (luma) => 255 - luma },
  'another scene': { ground: 0 },
  'a faster ball': { ballSpeed: 8 },
  'another title': { title: 'garden' },
};
for (const [what, look] of Object.entries(LOOKS)) {
  test(`${what} changes the image and not the frame number`, (t) => {
    const changed = draw('YUYV', [640, 480], [0xabcdef], look);
    t.is(readFrameNumber(lumaOf(changed), 640), 0xabcdef);
    t.not(Buffer.compare(changed.bytes, draw('YUYV', [640, 480], [0xabcdef]).bytes), 0);
  });
}

test('limited formats stay within their range', (t) => {
  const { format, bytes } = draw('YUYV', [640, 480], [5]);
  t.is(format.range, 'limited');
  t.true(bytes.every((value, i) => value >= 16 && value <= (i % 2 === 0 ? 235 : 240)));
});

test('the font has letters, digits and what sizes, times and names need', (t) => {
  const wanted = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.-_/';
  const images = [...wanted].map((character) => glyphOf(character).join());
  t.is(new Set(images).size, wanted.length, 'each looks like itself');
  t.deepEqual(glyphOf(' '), new Uint8Array(8));
});

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const decoding = hasFfmpeg ? test : test.skip;
if (!hasFfmpeg) console.warn('SKIPPED: ffmpeg is not installed, so no foreign decoder looks at the pattern');

function ffmpeg(input: Uint8Array, ...options: string[]): Buffer {
  const args = ['-v', 'error', '-xerror', ...options, '-f', 'rawvideo', '-'];
  const { status, stdout, stderr } = spawnSync('ffmpeg', args, { input, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0 || stderr.length > 0) throw new Error(`ffmpeg: ${stderr}`);
  return stdout;
}

/** Decibels, of two images of 8-bit samples. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const squares = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / a.length || 1e-9));
}

decoding('another decoder decodes the JPEG to the image of the raw formats', (t) => {
  for (const [width, height] of SIZES) {
    const numbers = Array.from({ length: 30 }, (_, i) => 0x1234500 + i);
    const luma = ffmpeg(draw('MJPG', [width, height], numbers).bytes, '-f', 'mjpeg', '-i', '-', '-pix_fmt', 'gray');
    const wanted = draw('GREY', [width, height], numbers).bytes;
    t.is(luma.length, wanted.length, `${width}x${height}`);
    t.true(psnr(luma, wanted) > 38, `${width}x${height}: ${psnr(luma, wanted)} dB`);
    const bits = width >= 256 ? 32 : Math.ceil(width / 8);
    t.is(
      readFrameNumber((x, y) => luma[y * width + x] ?? 0, width),
      (numbers.at(-1) ?? 0) % 2 ** bits,
    );
  }
});

decoding('the JPEG has the colours of RGB', (t) => {
  const rgb = ffmpeg(draw('MJPG', [640, 480], [9]).bytes, '-f', 'mjpeg', '-i', '-', '-pix_fmt', 'rgb24');
  const dB = psnr(rgb, draw('RGB3', [640, 480], [9]).bytes);
  t.true(dB > 30, `${dB} dB`);
});

for (const fourcc of RAW) {
  decoding(`${fourcc} has the same colours for another program`, (t) => {
    const [width, height] = [640, 480];
    const { bytes, format } = draw(fourcc, [width, height], [9]);
    const input = ['-f', 'rawvideo', '-pix_fmt', FFMPEG_NAMES[fourcc] ?? '', '-s', `${width}x${height}`, '-i', '-'];
    const range = format.range === 'limited' ? ['-vf', 'scale=in_range=limited:out_range=full'] : [];
    const rgb = ffmpeg(bytes, ...input, ...range, '-pix_fmt', fourcc === 'GREY' ? 'gray' : 'rgb24');
    const wanted = draw(fourcc === 'GREY' ? 'GREY' : 'RGB3', [width, height], [9]).bytes;
    t.true(psnr(rgb, wanted) > 30, `${psnr(rgb, wanted)} dB`);
  });
}
