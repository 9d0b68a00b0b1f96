import { createRequire } from 'node:module';
import { frameBytes, minimumStride, type PixelFormat, planesOf, type Rendition } from '@framehub/frame';
import jpegJs from 'jpeg-js';
import type Koffi from 'koffi';
import type { Codec } from './codec/codec.js';
import { findCodec } from './codec/find.js';
import { PortableCodec } from './codec/portable.js';
import { TurboCodec } from './codec/turbo.js';
import { openTurboLibrary } from './codec/turbo-library.js';
import { compileKernels, Kernels } from './kernels.js';

/** A full-range 4:4:4 image as plain numbers: what the tests compute with. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** Y, U and V of each pixel. */
  readonly at: (x: number, y: number) => readonly [number, number, number];
}

/**
 * A scene that looks different from each side and in each mirror, and whose colours exist in RGB. Its luma is rippled,
 * so that a shift by one pixel shows; its chroma is smooth, so that coarse sampling does not.
 */
export function scene(width: number, height: number): Image {
  return {
    width,
    height,
    at: (x, y) => {
      const [h, v] = [x / width, y / height];
      const ripple = 20 * Math.sin((2 * Math.PI * x) / 9) * Math.cos((2 * Math.PI * y) / 11);
      return [70 + 70 * h + 40 * v * v + ripple, 110 + 35 * v, 145 - 40 * h * (1 - v)];
    },
  };
}

/** Grey, for formats without colour. */
export function greyed(image: Image): Image {
  return { ...image, at: (x, y) => [image.at(x, y)[0], 128, 128] };
}

/** What a rendition should look like, computed pixel by pixel, by the words of its documentation: flip, rotate, scale. */
export function rendered(source: Image, { flip = 'none', rotate = 0, width }: Rendition, height: number): Image {
  const flipped: Image = {
    ...source,
    at: (x, y) =>
      source.at(
        flip === 'horizontal' || flip === 'both' ? source.width - 1 - x : x,
        flip === 'vertical' || flip === 'both' ? source.height - 1 - y : y,
      ),
  };
  let turned = flipped;
  for (let quarter = 0; quarter < rotate / 90; quarter++) turned = quarterClockwise(turned);
  return width === undefined || width >= turned.width ? turned : averaged(turned, width, height);
}

function quarterClockwise(image: Image): Image {
  const { width, height } = image;
  return { width: height, height: width, at: (x, y) => image.at(y, height - 1 - x) };
}

/** Offsets of samples spread evenly over a pixel. */
const WITHIN = Array.from({ length: 8 }, (_, i) => (i + 0.5) / 8);

/** Each pixel the mean of many samples within its area. */
function averaged(image: Image, width: number, height: number): Image {
  const at: Image['at'] = (x, y) => {
    const sum: [number, number, number] = [0, 0, 0];
    for (const dy of WITHIN) {
      for (const dx of WITHIN) {
        const column = Math.floor(((x + dx) * image.width) / width);
        const sample = image.at(column, Math.floor(((y + dy) * image.height) / height));
        for (const i of [0, 1, 2] as const) sum[i] += sample[i] / WITHIN.length ** 2;
      }
    }
    return sum;
  };
  return { width, height, at };
}

/** The image in a JPEG, by a decoder that is not the one under test wherever libjpeg-turbo is. */
export function decoded(jpeg: Uint8Array): Image {
  const { width, height, data } = jpegJs.decode(jpeg, {
    useTArray: true,
    formatAsRGBA: false,
    colorTransform: false,
    tolerantDecoding: false,
  });
  return {
    width,
    height,
    at: (x, y) => {
      const i = 3 * (y * width + x);
      return [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
    },
  };
}

/** Peak signal-to-noise ratio of luma and chroma in dB; the lower of the two. Throws when the sizes differ. */
export function psnr(a: Image, b: Image): number {
  if (a.width !== b.width || a.height !== b.height)
    throw new Error(`${a.width}x${a.height} is not ${b.width}x${b.height}`);
  const squares = [0, 0, 0];
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const [left, right] = [a.at(x, y), b.at(x, y)];
      for (const i of [0, 1, 2] as const) squares[i] = (squares[i] ?? 0) + (left[i] - right[i]) ** 2;
    }
  }
  return Math.min(...squares.map((sum) => 10 * Math.log10(255 ** 2 / (sum / (a.width * a.height) + 1e-9))));
}

/** A raw format of an image's size, its lines padded by `padding` bytes (chroma of YU12 by half of it). */
export function formatOf(
  fourcc: string,
  { width, height }: Image,
  range: PixelFormat['range'],
  padding = 0,
): PixelFormat {
  const stride = minimumStride(fourcc, width) + padding;
  // The chroma stride of YU12 is half of the first: an odd one would not hold the last chroma sample.
  return { fourcc, width, height, stride: fourcc === 'YU12' ? stride + (stride % 2) : stride, range };
}

/** A frame as a camera would send it, in memory that threads share. Padding is filled with something visible. */
export function frameOf(image: Image, format: PixelFormat): Uint8Array<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(frameBytes(format))).fill(0xa5);
  const sample = sampler(image, format.range);
  const lines = planesOf(format);
  const write = (plane: number, line: number, column: number, value: number) => {
    const layout = lines[plane];
    if (layout) bytes[layout.offset + line * layout.stride + column] = Math.max(0, Math.min(255, Math.round(value)));
  };
  for (let y = 0; y < format.height; y++) {
    for (let x = 0; x < format.width; x++) {
      const [luma] = sample(x, y);
      const [r, g, b] = rgbOf(image.at(x, y));
      if (format.fourcc === 'YUYV') write(0, y, 2 * x, luma);
      else if (format.fourcc === 'UYVY') write(0, y, 2 * x + 1, luma);
      else if (format.fourcc === 'RGB3') [r, g, b].forEach((value, i) => void write(0, y, 3 * x + i, value));
      else if (format.fourcc === 'BGR3') [b, g, r].forEach((value, i) => void write(0, y, 3 * x + i, value));
      else write(0, y, x, luma);
    }
  }
  const chroma = { YUYV: [2, 1], UYVY: [2, 1], NV12: [2, 2], YU12: [2, 2] }[format.fourcc];
  const [across = 0, down = 0] = chroma ?? [];
  for (let y = 0; chroma && y < format.height; y += down) {
    for (let x = 0; x < format.width; x += across) {
      const [, u, v] = sample(x + (across - 1) / 2, y + (down - 1) / 2);
      const [line, column] = [y / down, x / across];
      if (format.fourcc === 'YUYV') [write(0, line, 4 * column + 1, u), write(0, line, 4 * column + 3, v)];
      if (format.fourcc === 'UYVY') [write(0, line, 4 * column, u), write(0, line, 4 * column + 2, v)];
      if (format.fourcc === 'NV12') [write(1, line, 2 * column, u), write(1, line, 2 * column + 1, v)];
      if (format.fourcc === 'YU12') [write(1, line, column, u), write(2, line, column, v)];
    }
  }
  return bytes;
}

/** Source: ITU-R BT.601, limited range. */
function sampler(image: Image, range: PixelFormat['range']): Image['at'] {
  if (range === 'full') return image.at;
  return (x, y) => {
    const [luma, u, v] = image.at(x, y);
    return [16 + (luma * 219) / 255, 128 + ((u - 128) * 224) / 255, 128 + ((v - 128) * 224) / 255];
  };
}

function rgbOf([y, u, v]: readonly [number, number, number]): [number, number, number] {
  return [y + 1.402 * (v - 128), y - 0.344136 * (u - 128) - 0.714136 * (v - 128), y + 1.772 * (u - 128)];
}

export const JPEG_FORMAT = (image: { width: number; height: number }): PixelFormat => ({
  fourcc: 'MJPG',
  width: image.width,
  height: image.height,
  stride: 0,
  range: 'full',
});

export interface Bench {
  readonly name: string;
  readonly codec: Codec;
  readonly kernels: Kernels;
}

/** The codecs that this machine has, each with kernels of its own. */
export async function benches(log: (line: string) => void): Promise<Bench[]> {
  const module = await compileKernels();
  const portable = new Kernels(module);
  const found: Bench[] = [{ name: 'portable', codec: new PortableCodec(portable), kernels: portable }];
  const turbo = await turboPath();
  if (turbo) {
    const kernels = new Kernels(module);
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
    found.push({ name: 'turbo', codec: new TurboCodec(openTurboLibrary(koffi, turbo), kernels), kernels });
  } else log('SKIPPED: no libjpeg-turbo 3 on this machine, only the portable codec is tested');
  return found;
}

/** The libturbojpeg that would be used, or undefined on machines without. */
export async function turboPath(): Promise<string | undefined> {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const { choice } = await findCodec({ codec: 'auto', library: undefined, logger });
  return choice.name === 'turbo' ? choice.path : undefined;
}

/** A copy in memory that threads share. */
export function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
