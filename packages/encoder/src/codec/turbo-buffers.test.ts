import { createRequire } from 'node:module';
import { inspectJpeg, isBroken, type JpegInfo } from '@framehub/frame';
import test, { type ExecutionContext } from 'ava';
import type Koffi from 'koffi';
import { turboPath } from '../images.fixture.js';
import { RejectedFrame } from '../jpeg.js';
import { compileKernels, Kernels } from '../kernels.js';
import { orientationOf, type PlanarImage, type Sampling } from '../planar-image.js';
import { CanaryMemory, guardedLibrary } from './guarded-library.fixture.js';
import { TurboCodec } from './turbo.js';
import { Init, openTurboLibrary, Param, PixelOrder, Subsamp, type TurboLibrary } from './turbo-library.js';

const path = await turboPath();
if (!path) console.log('SKIPPED: no libjpeg-turbo 3.1 on this machine');
const turboTest = path ? test : test.skip;
const module = await compileKernels();

/** The codec on a library whose buffers stand between canaries, which are looked at after each call. */
function open(t: ExecutionContext) {
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  const library = openTurboLibrary(koffi, path as string);
  const memory = new CanaryMemory();
  const guarded = guardedLibrary(library, memory.lend, (call) => t.deepEqual(memory.overruns(), [], call));
  const kernels = new Kernels(module);
  return { library, guarded, memory, kernels, codec: new TurboCodec(guarded, kernels) };
}

/** Noise: the most that a JPEG of a size can take. */
function noise(
  kernels: Kernels,
  { width, height }: { width: number; height: number },
  sampling: Sampling,
  planeCount = 3,
): PlanarImage {
  kernels.reset();
  const image = { width, height, sampling, planes: kernels.planes({ width, height }, sampling, planeCount) };
  for (const plane of image.planes) {
    const bytes = kernels.view(plane.at, plane.bytes);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (Math.imul(i + 1, 2654435761) >> 13) & 0xff;
  }
  return image;
}

const SAMPLINGS: readonly (readonly [name: string, sampling: Sampling])[] = [
  ['4:4:4', { x: 1, y: 1 }],
  ['4:2:2', { x: 2, y: 1 }],
  ['4:2:0', { x: 2, y: 2 }],
  ['4:4:0', { x: 1, y: 2 }],
  ['4:1:1', { x: 4, y: 1 }],
  ['4:4:1', { x: 1, y: 4 }],
];
// Narrow, odd, and of whole blocks, which are decoded smaller and turned without loss.
const SIZES = [
  [1, 1],
  [3, 65],
  [16, 400],
  [31, 17],
  [64, 48],
  [128, 64],
] as const;
const ORIENTATIONS = ([0, 90, 180, 270] as const).flatMap((rotate) =>
  (['none', 'horizontal'] as const).map((flip) => orientationOf({ rotate, flip })),
);

for (const [name, sampling] of SAMPLINGS)
  turboTest(`${name}: no call touches a byte beside its buffers`, (t) => {
    const { codec, kernels } = open(t);
    for (const [width, height] of SIZES) {
      const jpeg = codec.encode(noise(kernels, { width, height }, sampling), 100);
      const info = infoOf(jpeg);
      t.is(info.width, width);
      for (const divisor of [1, 2, 4, 8]) {
        kernels.reset();
        codec.decode(jpeg, info, { width: width / divisor, height: height / divisor });
      }
      for (const orientation of ORIENTATIONS) codec.transform(jpeg, info, orientation);
    }
  });

turboTest('grey and RGB likewise', (t) => {
  const { codec, kernels } = open(t);
  for (const [width, height] of SIZES) {
    const grey = codec.encode(noise(kernels, { width, height }, { x: 1, y: 1 }, 1), 100);
    const pixels = new Uint8Array(3 * width * height).map((_, i) => (Math.imul(i + 1, 2654435761) >> 13) & 0xff);
    const format = { fourcc: 'RGB3', width, height, stride: 3 * width, range: 'full' } as const;
    const colour = codec.encodeRgb(pixels, format, { x: 2, y: 2 }, 100);
    for (const jpeg of [grey, colour]) {
      kernels.reset();
      codec.decode(jpeg, infoOf(jpeg), { width: 1, height: 1 });
      for (const orientation of ORIENTATIONS) codec.transform(jpeg, infoOf(jpeg), orientation);
    }
  }
});

// The structure of a frame is checked before it comes here. Whatever slips through there must not do harm here.
for (const [name, special] of [
  ['lossless', Param.LOSSLESS],
  ['arithmetic', Param.ARITHMETIC],
] as const)
  turboTest(`a ${name} image is rejected, decoded small or rotated`, (t) => {
    const { library, codec, kernels } = open(t);
    const jpeg = specialJpeg(library, 64, 48, special);
    const info: JpegInfo = {
      width: 64,
      height: 48,
      subsampling: '4:4:4',
      hasHuffmanTables: true,
      scanOffset: 0,
      byteLength: jpeg.length,
    };
    for (const attempt of [
      () => codec.decode(jpeg, info, { width: 8, height: 6 }),
      () => codec.decode(jpeg, info, { width: 64, height: 48 }),
      () => codec.transform(jpeg, info, orientationOf({ rotate: 90 })),
    ]) {
      kernels.reset();
      const error = t.throws(attempt, { instanceOf: RejectedFrame });
      t.is((error as RejectedFrame).fault, 'unsupported-format');
    }
  });

turboTest('the canaries notice what a lossless file does to planes of an eighth of its size', (t) => {
  const { library, memory } = open(t);
  const jpeg = specialJpeg(library, 64, 48, Param.LOSSLESS);
  const overrun: string[] = [];
  const guarded = guardedLibrary(library, memory.lend, () => overrun.push(...memory.overruns()));
  const handle = guarded.tj3Init(Init.DECOMPRESS);
  if (!handle) return t.fail('no handle');
  guarded.tj3DecompressHeader(handle, jpeg, jpeg.length);
  guarded.tj3SetScalingFactor(handle, { num: 1, denom: 8 });
  guarded.tj3Decompress8(handle, jpeg, jpeg.length, new Uint8Array(3 * 8 * 6), 3 * 64, PixelOrder.RGB);
  guarded.tj3Destroy(handle);
  t.deepEqual(overrun, ['pixels']);
});

function infoOf(jpeg: Uint8Array): JpegInfo {
  const info = inspectJpeg(jpeg);
  if (isBroken(info)) throw new Error(info.fault);
  return info;
}

/** A JPEG of a kind that no camera sends. */
function specialJpeg(library: TurboLibrary, width: number, height: number, param: number): Uint8Array {
  const handle = library.tj3Init(Init.COMPRESS);
  if (!handle) throw new Error('no handle');
  const output = new Uint8Array(65_536);
  const size: [number] = [output.length];
  const pixels = new Uint8Array(3 * width * height).map((_, i) => (i * 7) & 0xff);
  const set = { [Param.QUALITY]: 90, [Param.SUBSAMP]: Subsamp.S444, [Param.NOREALLOC]: 1, [param]: 1 };
  for (const [key, value] of Object.entries(set)) library.tj3Set(handle, Number(key), value);
  const code = library.tj3Compress8(handle, pixels, width, 3 * width, height, PixelOrder.RGB, [output], size);
  library.tj3Destroy(handle);
  if (code !== 0) throw new Error('the library could not make it');
  return output.slice(0, size[0]);
}
