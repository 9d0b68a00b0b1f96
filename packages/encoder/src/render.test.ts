import { setImmediate } from 'node:timers/promises';
import { FLIPS, inspectJpeg, isBroken, type Rendition, ROTATIONS } from '@framehub/frame';
import test from 'ava';
import {
  type Bench,
  benches,
  decoded,
  formatOf,
  frameOf,
  greyed,
  type Image,
  JPEG_FORMAT,
  psnr,
  rendered,
  scene,
  shared,
} from './images.fixture.js';
import type { EncodeJob, Subsampling } from './messages.js';
import { render } from './render.js';

const RAW = ['YUYV', 'UYVY', 'NV12', 'YU12', 'RGB3', 'BGR3', 'GREY'];
const SIZES = [
  [64, 48],
  [67, 45],
] as const;
const SCALED_WIDTH = 29;
/** dB; JPEG of quality 95 and chroma of half resolution stay well above, a shift by one pixel falls below. */
const SAME_IMAGE_DB = 36;

const available = await benches((line) => console.log(line));
const turbo = available.find(({ name }) => name === 'turbo');
const turboTest = turbo ? test : test.skip;

const job = (format: EncodeJob['format'], bytes: EncodeJob['bytes'], rendition: Rendition = {}): EncodeJob => ({
  bytes,
  format,
  rendition,
  quality: 95,
  subsampling: 'auto',
});

test('an image shifted by one pixel is not the same', (t) => {
  const source = scene(64, 48);
  t.true(psnr(source, { ...source, at: (column, line) => source.at(column + 1, line) }) < SAME_IMAGE_DB);
  t.true(psnr(source, { ...source, at: (column, line) => source.at(column, line + 1) }) < SAME_IMAGE_DB);
});

/** Some renditions' worth of checks; between them others may run, and ava sees that it goes on. */
async function each(
  source: Image,
  renditions: readonly Rendition[],
  check: (rendition: Rendition, expected: (height: number) => Image) => void,
): Promise<void> {
  for (const rendition of renditions) {
    check(rendition, (height) => rendered(source, rendition, height));
    await setImmediate();
  }
}

const TURNS = ROTATIONS.flatMap((rotate) => FLIPS.map((flip) => ({ rotate, flip })));
const EVERY_TURN: readonly Rendition[] = TURNS.flatMap((turn) => [turn, { ...turn, width: SCALED_WIDTH }]);
/** jpeg-js takes 20 ms for the smallest image: each rotation scaled, and each flipped. */
const SOME_TURNS: readonly Rendition[] = ROTATIONS.flatMap((rotate): Rendition[] => [
  { rotate, width: SCALED_WIDTH },
  { rotate, flip: 'horizontal' },
]);

for (const bench of available) {
  const portable = bench.name === 'portable';
  const sizes = portable ? SIZES.slice(1) : SIZES;
  const renditions = portable ? SOME_TURNS : EVERY_TURN;
  const ranges = portable ? (['limited'] as const) : (['full', 'limited'] as const);

  for (const fourcc of RAW) {
    for (const [width, height] of sizes) {
      for (const range of ranges) {
        test(`${bench.name}: ${fourcc} ${width}x${height} ${range}, turned every way and scaled`, async (t) => {
          const source = fourcc === 'GREY' ? greyed(scene(width, height)) : scene(width, height);
          const format = formatOf(fourcc, source, range, 10);
          const bytes = frameOf(source, format);
          await each(source, renditions, (rendition, expected) => {
            const jpeg = render(job(format, bytes, rendition), bench);
            const image = decodedAs(fourcc, jpeg.data);
            t.deepEqual([image.width, image.height], [jpeg.width, jpeg.height]);
            const ratio = psnr(image, expected(jpeg.height));
            t.true(ratio > SAME_IMAGE_DB, `${JSON.stringify(rendition)}: ${ratio} dB`);
          });
        });
      }
    }
  }

  for (const subsampling of ['4:4:4', '4:2:2', '4:2:0'] as const) {
    for (const [width, height] of sizes) {
      test(`${bench.name}: a JPEG ${subsampling} ${width}x${height}, turned every way and scaled`, async (t) => {
        const source = scene(width, height);
        const bytes = shared(jpegOf(source, subsampling));
        await each(source, renditions, (rendition, expected) => {
          const jpeg = render(job(JPEG_FORMAT(source), bytes, rendition), bench);
          const ratio = psnr(decoded(jpeg.data), expected(jpeg.height));
          t.true(ratio > SAME_IMAGE_DB, `${JSON.stringify(rendition)}: ${ratio} dB`);
        });
      });
    }
  }

  test(`${bench.name}: a grey JPEG turns and shrinks like any other`, (t) => {
    const source = greyed(scene(64, 48));
    const format = formatOf('GREY', source, 'full');
    const coder = turbo ?? bench;
    const grey = render(job(format, frameOf(source, format)), coder).data;
    const jpeg = render(job(JPEG_FORMAT(source), shared(grey), { rotate: 90, width: 24 }), bench);
    const ratio = psnr(greyed(decodedAs('GREY', jpeg.data)), rendered(source, { rotate: 90, width: 24 }, jpeg.height));
    t.true(ratio > SAME_IMAGE_DB, `${ratio} dB`);
  });

  test(`${bench.name}: lower quality makes smaller files`, (t) => {
    const source = scene(64, 48);
    const format = formatOf('YUYV', source, 'full');
    const bytes = frameOf(source, format);
    const size = (quality: number) => render(job(format, bytes, { quality }), bench).data.length;
    t.true(size(10) < size(50) && size(50) < size(95));
  });

  test(`${bench.name}: a quality asked for encodes a JPEG anew`, (t) => {
    const source = scene(64, 48);
    const bytes = shared(jpegOf(source, '4:2:2'));
    const jpeg = render(job(JPEG_FORMAT(source), bytes, { quality: 20 }), bench);
    t.true(jpeg.data.length < bytes.length);
    t.true(psnr(decoded(jpeg.data), source) > 28);
  });

  test(`${bench.name}: scaling keeps the aspect ratio, gives an even height, and never enlarges`, (t) => {
    const source = scene(160, 90);
    const format = formatOf('YUYV', source, 'full');
    const bytes = frameOf(source, format);
    const sizeAt = (rendition: Rendition) => {
      const { width, height } = render(job(format, bytes, rendition), bench);
      return `${width}x${height}`;
    };
    t.is(sizeAt({ width: 80 }), '80x46');
    t.is(sizeAt({ width: 33 }), '33x18');
    t.is(sizeAt({ width: 16 }), '16x10');
    t.is(sizeAt({ width: 160 }), '160x90');
    t.is(sizeAt({ width: 8192 }), '160x90');
    t.is(sizeAt({ width: 45, rotate: 90 }), '45x80');
  });
}

turboTest('both codecs make the same image of every format', (t) => {
  const source = scene(66, 50);
  for (const fourcc of RAW) {
    const format = formatOf(fourcc, source, 'limited');
    const bytes = frameOf(source, format);
    for (const rendition of [{}, { rotate: 90 }, { flip: 'horizontal', width: 40 }] as const) {
      const [one, other] = available.map(({ codec, kernels }) =>
        decodedAs(fourcc, render(job(format, bytes, rendition), { codec, kernels }).data),
      );
      t.true(psnr(one as Image, other as Image) > SAME_IMAGE_DB, `${fourcc} ${JSON.stringify(rendition)}`);
    }
  }
});

turboTest('a JPEG is decoded small where it is to become small', (t) => {
  const { codec, kernels } = turbo as Bench;
  const source = scene(256, 192);
  for (const subsampling of ['4:4:4', '4:2:2', '4:2:0'] as const) {
    const bytes = shared(jpegOf(source, subsampling));
    for (const width of [200, 128, 100, 64, 50, 32]) {
      for (const rotate of [0, 90] as const) {
        const jpeg = render(job(JPEG_FORMAT(source), bytes, { width, rotate }), { codec, kernels });
        const ratio = psnr(decoded(jpeg.data), rendered(source, { width, rotate }, jpeg.height));
        t.true(ratio > 33, `${subsampling} to ${width}, turned by ${rotate}: ${ratio} dB`);
      }
    }
  }
});

turboTest(
  'raw frames are coded as 4:2:0, JPEGs keep their chroma sampling, turned with them, or all as is configured',
  (t) => {
    const { codec, kernels } = turbo as Bench;
    const source = scene(64, 48);
    const samplingOf = (fourcc: string, subsampling: Subsampling, rendition: Rendition = {}) => {
      const format = formatOf(fourcc, source, 'full');
      const { data } = render({ ...job(format, frameOf(source, format), rendition), subsampling }, { codec, kernels });
      const info = inspectJpeg(data);
      return isBroken(info) ? info.fault : info.subsampling;
    };
    for (const fourcc of ['YUYV', 'UYVY', 'NV12', 'YU12', 'RGB3', 'BGR3']) {
      for (const rendition of [{}, { rotate: 90 }, { rotate: 180, width: 32 }] as const)
        t.is(samplingOf(fourcc, 'auto', rendition), '4:2:0', `${fourcc} ${JSON.stringify(rendition)}`);
    }
    const ofJpeg = (rendition: Rendition) => {
      const bytes = shared(jpegOf(source, '4:2:2'));
      const info = inspectJpeg(
        render(job(JPEG_FORMAT(source), bytes, { quality: 90, ...rendition }), { codec, kernels }).data,
      );
      return isBroken(info) ? info.fault : info.subsampling;
    };
    t.is(ofJpeg({}), '4:2:2');
    t.is(ofJpeg({ rotate: 90 }), '4:4:0');
    t.is(ofJpeg({ rotate: 180, width: 32 }), '4:2:2');
    t.is(samplingOf('GREY', 'auto'), 'grey');
    t.is(samplingOf('GREY', '4:2:0'), 'grey');
    for (const wanted of ['4:4:4', '4:2:2', '4:2:0'] as const) {
      for (const fourcc of ['YUYV', 'YU12', 'RGB3']) {
        t.is(samplingOf(fourcc, wanted), wanted, fourcc);
        t.is(samplingOf(fourcc, wanted, { rotate: 90 }), wanted, `${fourcc} turned`);
      }
    }
  },
);

turboTest('a JPEG is turned without loss where that is perfect', (t) => {
  const { codec, kernels } = turbo as Bench;
  const turned = (jpeg: Uint8Array, { width, height }: { width: number; height: number }, rotate: 90 | 180 | 270) =>
    render(job(JPEG_FORMAT({ width, height }), shared(jpeg), { rotate }), { codec, kernels });
  const original = jpegOf(scene(64, 48), '4:2:2');
  const quarter = turned(original, { width: 64, height: 48 }, 90);
  const backByThree = turned(quarter.data, quarter, 270).data;
  const half = turned(original, { width: 64, height: 48 }, 180);
  const backByHalf = turned(half.data, half, 180).data;
  t.deepEqual(backByThree, backByHalf);
  t.deepEqual(pixels(decoded(backByThree)), pixels(decoded(original)));
});

turboTest('if a lossless rotation would spoil the edge, the frame is encoded', (t) => {
  const { codec, kernels } = turbo as Bench;
  // 40 lines of 4:2:0 are two and a half blocks: jpegtran's imperfect turn leaves eight of them where they were.
  const source = scene(64, 40);
  const bytes = shared(jpegOf(source, '4:2:0'));
  for (const rotate of [90, 180] as const) {
    const jpeg = render(job(JPEG_FORMAT(source), bytes, { rotate }), { codec, kernels });
    t.true(worst(decoded(jpeg.data), rendered(source, { rotate }, 0)) < 16);
  }
});

function worst(a: Image, b: Image): number {
  const [left, right] = [pixels(a), pixels(b)];
  return Math.max(...left.map((value, i) => Math.abs(value - (right[i] ?? 0))));
}

function pixels({ width, height, at }: Image): number[] {
  return Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))).flat();
}

/** A grey file has one component, which jpeg-js spreads over three. */
function decodedAs(fourcc: string, jpeg: Uint8Array): Image {
  const image = decoded(jpeg);
  return fourcc === 'GREY' ? greyed(image) : image;
}

/** A JPEG of an image, in the given sampling if libjpeg-turbo can make it. */
function jpegOf(source: Image, subsampling: Subsampling): Uint8Array {
  const { codec, kernels } = turbo ?? (available[0] as Bench);
  const format = formatOf('RGB3', source, 'full');
  return render({ ...job(format, frameOf(source, format)), subsampling }, { codec, kernels }).data;
}
