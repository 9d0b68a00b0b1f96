import { frameBytes, type PixelFormat } from '@framehub/frame';
import test from 'ava';
import { compileKernels, Kernels } from './kernels.js';
import { SAMPLINGS } from './planar-image.js';
import { unpack } from './unpack.js';

const kernels = new Kernels(await compileKernels());

/** Three strips of 32 lines, the last one short, and a last line that has no partner. */
const WIDTH = 34;
const HEIGHT = 85;
const STRIDE = 4096;

/** Where the samples of a pair of pixels lie. */
const PACKINGS = { YUYV: { luma: 0, u: 1, v: 3 }, UYVY: { luma: 1, u: 0, v: 2 } } as const;

/** Samples that follow no pattern which a shift, a swap or a missing line would keep. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

const clamped = (value: number): number => Math.max(0, Math.min(255, value));
const FULL_RANGE_OF = {
  full: { luma: (value: number) => value, chroma: (value: number) => value },
  limited: {
    luma: (value: number) => clamped(((value - 16) * 255) / 219),
    chroma: (value: number) => clamped(((value - 128) * 255) / 224 + 128),
  },
};

for (const fourcc of ['YUYV', 'UYVY'] as const) {
  for (const range of ['full', 'limited'] as const) {
    for (const sampling of ['4:2:2', '4:2:0'] as const) {
      test(`${fourcc}, ${range} range, comes apart as ${sampling}, each sample in its place`, (t) => {
        const format: PixelFormat = { fourcc, width: WIDTH, height: HEIGHT, stride: STRIDE, range };
        const frame = noise(frameBytes(format));
        kernels.reset();
        const image = unpack(kernels, format, frame, SAMPLINGS[sampling]);
        t.deepEqual(image.sampling, SAMPLINGS[sampling]);
        const samplesOf = (index: number) => {
          const plane = image.planes[index];
          const lines = plane ? kernels.linesOf(plane) : [];
          const at = (x: number, y: number) => lines[y * (plane?.stride ?? 0) + x] ?? Number.NaN;
          return { width: plane?.width, height: plane?.height, at };
        };
        const sent = (offset: number, y: number) => frame[y * STRIDE + offset] ?? Number.NaN;
        const { luma, u, v } = PACKINGS[fourcc];
        const toFull = FULL_RANGE_OF[range];
        // Rounded, with factors of 15 bits.
        const near = (value: number, expected: number) => Math.abs(value - expected) < 0.51;

        const lumaPlane = samplesOf(0);
        t.like(lumaPlane, { width: WIDTH, height: HEIGHT });
        for (let y = 0; y < HEIGHT; y++)
          for (let x = 0; x < WIDTH; x++)
            if (!near(lumaPlane.at(x, y), toFull.luma(sent(2 * x + luma, y)))) t.fail(`luma at ${x}, ${y}`);

        const linesEach = SAMPLINGS[sampling].y;
        for (const [index, offset] of [u, v].entries()) {
          const plane = samplesOf(index + 1);
          t.like(plane, { width: WIDTH / 2, height: Math.ceil(HEIGHT / linesEach) });
          for (let y = 0; y < HEIGHT; y += linesEach) {
            const partner = Math.min(y + linesEach - 1, HEIGHT - 1);
            for (let x = 0; x < WIDTH / 2; x++) {
              const mean = Math.ceil((sent(4 * x + offset, y) + sent(4 * x + offset, partner)) / 2);
              if (!near(plane.at(x, y / linesEach), toFull.chroma(mean))) t.fail(`chroma ${index} at ${x}, ${y}`);
            }
          }
        }
      });
    }
  }
}

test('a sampling that a format cannot give in passing is left to others', (t) => {
  const format: PixelFormat = { fourcc: 'YU12', width: 16, height: 16, stride: 16, range: 'full' };
  kernels.reset();
  t.deepEqual(unpack(kernels, format, noise(frameBytes(format)), SAMPLINGS['4:4:4']).sampling, SAMPLINGS['4:2:0']);
});
