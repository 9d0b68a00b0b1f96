import { type JpegInfo, MAX_PIXELS, type PixelFormat } from '@framehub/frame';
import jpegJs from 'jpeg-js';
import { completeJpeg, RejectedFrame } from '../jpeg.js';
import { type Kernels, MAX_FRAME_MEMORY } from '../kernels.js';
import type { PlanarImage } from '../planar-image.js';
import { unpack } from '../unpack.js';
import type { Codec } from './codec.js';

/**
 * jpeg-js: plain JavaScript that runs everywhere, about 27 times slower than libjpeg-turbo. It works in RGB and only
 * writes 4:4:4, so its files are larger.
 */
export class PortableCodec implements Codec {
  readonly #kernels: Kernels;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  transform(): undefined {
    return undefined;
  }

  decode(jpeg: Uint8Array, info: JpegInfo): PlanarImage {
    const { width, height, data } = decodeRgb(completeJpeg(jpeg, info));
    return unpack(this.#kernels, { fourcc: 'RGB3', width, height, stride: 3 * width, range: 'full' }, data);
  }

  encode(image: PlanarImage, quality: number): Uint8Array<ArrayBuffer> {
    const { width, height } = image;
    return encodeRgba(width, height, rgbaFromPlanes(this.#kernels, image), quality);
  }

  encodeRgb(bytes: Uint8Array, format: PixelFormat, _sampling: unknown, quality: number): Uint8Array<ArrayBuffer> {
    const { width, height } = format;
    return encodeRgba(width, height, rgbaFromPacked(bytes, format), quality);
  }
}

/** Megabytes, as jpeg-js counts them: 4 megapixels in 4:2:0. It really allocates three times as much, in small pieces. */
const MAX_DECODE_MEMORY = 40;
const LIMITS = { maxMemoryUsageInMB: MAX_DECODE_MEMORY, maxResolutionInMP: MAX_PIXELS / 1e6 };

function decodeRgb(jpeg: Uint8Array) {
  try {
    return jpegJs.decode(jpeg, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, ...LIMITS });
  } catch (error) {
    // jpeg-js rejects a file with a plain Error, so a bug in it cannot be distinguished here.
    const isTooLarge = error instanceof Error && Object.keys(LIMITS).some((limit) => error.message.includes(limit));
    throw new RejectedFrame(isTooLarge ? 'oversized' : 'corrupt', { cause: error });
  }
}

function encodeRgba(width: number, height: number, data: ArrayLike<number>, quality: number): Uint8Array<ArrayBuffer> {
  // Copied: the encoder's buffer may be a slice of Node's pool, which cannot be transferred to another thread.
  return new Uint8Array(jpegJs.encode({ width, height, data }, quality).data);
}

function rgbaFromPacked(bytes: Uint8Array, { fourcc, width, height, stride }: PixelFormat): Uint8ClampedArray {
  const redAt = fourcc === 'BGR3' ? 2 : 0;
  const rgba = allocateRgba(width, height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = y * stride;
    for (let x = 0; x < width; x++, from += 3, to += 4) {
      rgba[to] = bytes[from + redAt] ?? 0;
      rgba[to + 1] = bytes[from + 1] ?? 0;
      rgba[to + 2] = bytes[from + 2 - redAt] ?? 0;
      rgba[to + 3] = 255;
    }
  }
  return rgba;
}

function allocateRgba(width: number, height: number): Uint8ClampedArray {
  if (4 * width * height > MAX_FRAME_MEMORY) throw new RejectedFrame('oversized');
  return new Uint8ClampedArray(4 * width * height);
}

/** Source of the factors: JFIF 1.02, page 3. */
function rgbaFromPlanes(kernels: Kernels, { width, height, sampling, planes }: PlanarImage): Uint8ClampedArray {
  const [luma, u, v] = planes;
  const rgba = allocateRgba(width, height).fill(255);
  if (!luma) return rgba;
  const yBytes = kernels.linesOf(luma);
  const uBytes = u && kernels.linesOf(u);
  const vBytes = v && kernels.linesOf(v);
  let to = 0;
  for (let line = 0; line < height; line++) {
    const yLine = line * luma.stride;
    const chromaLine = u ? Math.floor(line / sampling.y) * u.stride : 0;
    for (let x = 0; x < width; x++, to += 4) {
      const y = yBytes[yLine + x] ?? 0;
      const chromaAt = chromaLine + Math.floor(x / sampling.x);
      const cb = (uBytes?.[chromaAt] ?? 128) - 128;
      const cr = (vBytes?.[chromaAt] ?? 128) - 128;
      rgba[to] = y + 1.402 * cr;
      rgba[to + 1] = y - 0.344136 * cb - 0.714136 * cr;
      rgba[to + 2] = y + 1.772 * cb;
    }
  }
  return rgba;
}
