import { type FourCC, frameBytes, isReadable, minimumStride, type PixelFormat, planesOf } from '@framehub/frame';
import { BadFrame } from './bad-frame.js';
import type { Kernels } from './kernels.js';
import { type Picture, type Plane, SAMPLINGS, type Sampling } from './picture.js';

/** Lines that have been copied next to the kernels, and where in the frame they belong. */
interface Strip {
  readonly at: number;
  readonly stride: number;
  readonly lines: number;
  /** Bytes of picture in a line. */
  readonly lineBytes: number;
  /** Number of the first line. */
  readonly first: number;
}

interface Levels {
  readonly lumaBias: number;
  readonly lumaGain: number;
  readonly chromaGain: number;
}

/** 16..235 and 16..240 to 0..255: gains are what is to be added to a sample, in 1/32768 of it. */
const LEVELS: Readonly<Record<PixelFormat['range'], Levels>> = {
  full: { lumaBias: 0, lumaGain: 0, chromaGain: 0 },
  limited: {
    lumaBias: 16,
    lumaGain: Math.round((255 / 219 - 1) * 32_768),
    chromaGain: Math.round((255 / 224 - 1) * 32_768),
  },
};

type UnpackStrip = (kernels: Kernels, strip: Strip, picture: Picture, levels: Levels) => void;

/** How a format comes apart: the sampling of its chroma, its number of planes, and a step for each plane it is sent in. */
interface Unpacking {
  /** The format's own, and others that its steps can give at no cost. */
  readonly samplings: readonly [own: Sampling, ...others: Sampling[]];
  readonly planeCount: number;
  readonly steps: readonly UnpackStrip[];
}

const startOf = (plane: Plane | undefined, line: number): number => (plane ? plane.at + line * plane.stride : 0);

const packed422 =
  (lumaAt: number): UnpackStrip =>
  ({ run }, strip, { planes: [y, u, v], sampling }, { lumaBias, lumaGain, chromaGain }) => {
    const { at, stride, lines, first } = strip;
    const firstChroma = first / sampling.y;
    const [yAt, uAt, vAt] = [startOf(y, first), startOf(u, firstChroma), startOf(v, firstChroma)];
    const [yStride, chromaStride] = [y?.stride ?? 0, u?.stride ?? 0];
    const pairs = strip.lineBytes / 4;
    run.unpack422(
      at,
      stride,
      yAt,
      yStride,
      uAt,
      vAt,
      chromaStride,
      pairs,
      lines,
      lumaAt,
      lumaBias,
      lumaGain,
      chromaGain,
      sampling.y === 2,
    );
  };

const packedRgb =
  (redAt: number): UnpackStrip =>
  ({ run }, { at, stride, lineBytes, lines, first }, { planes: [y, u, v] }) => {
    const [yAt, uAt, vAt] = [startOf(y, first), startOf(u, first), startOf(v, first)];
    const [yStride, chromaStride] = [y?.stride ?? 0, u?.stride ?? 0];
    run.planesFromRgb(at, stride, yAt, yStride, uAt, vAt, chromaStride, lineBytes / 3, lines, redAt);
  };

const luma: UnpackStrip = ({ run }, strip, { planes: [y] }, { lumaBias, lumaGain }) => {
  const { at, stride, lineBytes, lines, first } = strip;
  run.level(at, stride, startOf(y, first), y?.stride ?? 0, lineBytes, lines, lumaBias, lumaGain, 0);
};

const chroma =
  (index: 1 | 2): UnpackStrip =>
  ({ run }, strip, { planes }, { chromaGain }) => {
    const { at, stride, lineBytes, lines, first } = strip;
    const plane = planes[index];
    run.level(at, stride, startOf(plane, first), plane?.stride ?? 0, lineBytes, lines, 128, chromaGain, 128);
  };

const interleavedChroma: UnpackStrip = ({ run }, strip, { planes: [, u, v] }, { chromaGain }) => {
  const { at, stride, lineBytes, lines, first } = strip;
  run.deinterleave(at, stride, startOf(u, first), startOf(v, first), u?.stride ?? 0, lineBytes / 2, lines, chromaGain);
};

const UNPACKINGS: Readonly<Record<FourCC, Unpacking>> = {
  YUYV: { samplings: [SAMPLINGS['4:2:2'], SAMPLINGS['4:2:0']], planeCount: 3, steps: [packed422(0)] },
  UYVY: { samplings: [SAMPLINGS['4:2:2'], SAMPLINGS['4:2:0']], planeCount: 3, steps: [packed422(1)] },
  NV12: { samplings: [SAMPLINGS['4:2:0']], planeCount: 3, steps: [luma, interleavedChroma] },
  YU12: { samplings: [SAMPLINGS['4:2:0']], planeCount: 3, steps: [luma, chroma(1), chroma(2)] },
  RGB3: { samplings: [SAMPLINGS['4:4:4']], planeCount: 3, steps: [packedRgb(0)] },
  BGR3: { samplings: [SAMPLINGS['4:4:4']], planeCount: 3, steps: [packedRgb(2)] },
  GREY: { samplings: [SAMPLINGS['4:4:4']], planeCount: 1, steps: [luma] },
};

/** What is copied at a time: little enough to be still in the cache when the kernel reads it. */
const STRIP_BYTES = 128 * 1024;

/** Throws a {@link BadFrame} when `bytes` are not a whole frame of a raw format that can be read. */
export function checkRaw(format: PixelFormat, bytes: Uint8Array): void {
  const { fourcc, width, height, stride } = format;
  if (!isReadable(fourcc) || width < 1 || height < 1 || stride < minimumStride(fourcc, width))
    throw new BadFrame('unsupported-format');
  if (bytes.length === 0) throw new BadFrame('empty');
  if (bytes.length < frameBytes(format)) throw new BadFrame('truncated');
}

/**
 * Brings a raw frame into planes of full range, in its own chroma sampling, or in the `wanted` one where that costs
 * nothing. Borrows `bytes`, which {@link checkRaw} has passed.
 */
export function unpack(kernels: Kernels, format: PixelFormat, bytes: Uint8Array, wanted?: Sampling): Picture {
  const { width, height, range } = format;
  const { samplings, planeCount, steps } = UNPACKINGS[format.fourcc] as Unpacking;
  const sampling = samplings.find(({ x, y }) => x === wanted?.x && y === wanted.y) ?? samplings[0];
  const picture = { width, height, sampling, planes: kernels.planes({ width, height }, sampling, planeCount) };
  const layouts = planesOf(format);
  const scratch = kernels.allocate(Math.max(STRIP_BYTES, 2 * format.stride));
  for (const [i, { offset, stride, lineBytes, lines }] of layouts.entries()) {
    // Always even: two lines may share their chroma.
    const stripLines = 2 * Math.max(1, Math.floor(STRIP_BYTES / stride / 2));
    for (let first = 0; first < lines; first += stripLines) {
      const count = Math.min(stripLines, lines - first);
      const start = offset + first * stride;
      // The last line ends with its picture: its padding need not be there.
      const source = bytes.subarray(start, start + stride * (count - 1) + lineBytes);
      kernels.view(scratch, source.length).set(source);
      steps[i]?.(kernels, { at: scratch, stride, lines: count, lineBytes, first }, picture, LEVELS[range]);
    }
  }
  return picture;
}

/** True for packed RGB, which codecs can read as it is. */
export function isPackedRgb(fourcc: FourCC): boolean {
  return fourcc === 'RGB3' || fourcc === 'BGR3';
}
