import { Init, Param, PixelOrder, Subsamp } from '../dist/codec/turbo-library.js';
import { scanBomb } from '../dist/scan-bomb.fixture.js';

const COMPRESSIONS = {
  baseline: {},
  optimized: { 11: 1 },
  progressive: { 12: 1 },
  restarts: { 18: 2 },
  arithmetic: { [Param.ARITHMETIC]: 1 },
  lossless: { [Param.LOSSLESS]: 1 },
  grey: { [Param.COLORSPACE]: 2 },
  rgb: { [Param.COLORSPACE]: 0 },
  cmyk: { [Param.COLORSPACE]: 4 },
};
const SIZES = [
  [64, 48],
  [33, 17],
  [16, 200],
  [1, 1],
];

/** Whole JPEGs of every kind that libjpeg-turbo writes, and a few that only somebody hostile does. */
export function corpus(library) {
  const files = SIZES.flatMap(([width, height]) =>
    Object.values(Subsamp).flatMap((subsamp) =>
      Object.values(COMPRESSIONS).flatMap((params) =>
        compressed(library, [width, height], { [Param.SUBSAMP]: subsamp, ...params }),
      ),
    ),
  );
  return [...files, scanBomb(64, 48, 60, 3), scanBomb(640, 480, 3, 1), scanBomb(64, 48, 100, 1)];
}

function compressed(library, [width, height], params) {
  const handle = library.tj3Init(Init.COMPRESS);
  const pixels = Uint8Array.from({ length: 4 * width * height }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
  const output = new Uint8Array(1 << 20);
  const size = [output.length];
  const all = { [Param.QUALITY]: 75, [Param.NOREALLOC]: 1, ...params };
  for (const [key, value] of Object.entries(all)) library.tj3Set(handle, Number(key), value);
  const order = params[Param.COLORSPACE] === 4 ? 11 : PixelOrder.RGB;
  const pitch = (order === 11 ? 4 : 3) * width;
  const code = library.tj3Compress8(handle, pixels, width, pitch, height, order, [output], size);
  library.tj3Destroy(handle);
  // Not every combination exists.
  return code === 0 ? [output.slice(0, size[0])] : [];
}
