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

type UnpackStrip = (kernels: Kernels, strip: Strip, planes: readonly Plane[], levels: Levels) => void;

/** How a format comes apart: the sampling of its chroma, its number of planes, and a step for each plane it is sent in. */
interface Unpacking {
  readonly sampling: Sampling;
  readonly planeCount: number;
  readonly steps: readonly UnpackStrip[];
}

const startOf = (plane: Plane | undefined, { first }: Strip): number => (plane ? plane.at + first * plane.stride : 0);

const packed422 =
  (lumaAt: number): UnpackStrip =>
  ({ run }, strip, [y, u, v], { lumaBias, lumaGain, chromaGain }) => {
    const [yAt, uAt, vAt] = [startOf(y, strip), startOf(u, strip), startOf(v, strip)];
    const [yStride, chromaStride] = [y?.stride ?? 0, u?.stride ?? 0];
    const { at, stride, lines } = strip;
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
    );
  };

const packedRgb =
  (redAt: number): UnpackStrip =>
  ({ run }, strip, [y, u, v]) => {
    const [yAt, uAt, vAt] = [startOf(y, strip), startOf(u, strip), startOf(v, strip)];
    const [yStride, chromaStride] = [y?.stride ?? 0, u?.stride ?? 0];
    const { at, stride, lineBytes, lines } = strip;
    run.planesFromRgb(at, stride, yAt, yStride, uAt, vAt, chromaStride, lineBytes / 3, lines, redAt);
  };

const luma: UnpackStrip = ({ run }, strip, [y], { lumaBias, lumaGain }) => {
  const { at, stride, lineBytes, lines } = strip;
  run.level(at, stride, startOf(y, strip), y?.stride ?? 0, lineBytes, lines, lumaBias, lumaGain, 0);
};

const chroma =
  (index: 1 | 2): UnpackStrip =>
  ({ run }, strip, planes, { chromaGain }) => {
    const { at, stride, lineBytes, lines } = strip;
    const plane = planes[index];
    run.level(at, stride, startOf(plane, strip), plane?.stride ?? 0, lineBytes, lines, 128, chromaGain, 128);
  };

const interleavedChroma: UnpackStrip = ({ run }, strip, [, u, v], { chromaGain }) => {
  const { at, stride, lineBytes, lines } = strip;
  run.deinterleave(at, stride, startOf(u, strip), startOf(v, strip), u?.stride ?? 0, lineBytes / 2, lines, chromaGain);
};

const UNPACKINGS: Readonly<Record<FourCC, Unpacking>> = {
  YUYV: { sampling: SAMPLINGS['4:2:2'], planeCount: 3, steps: [packed422(0)] },
  UYVY: { sampling: SAMPLINGS['4:2:2'], planeCount: 3, steps: [packed422(1)] },
  NV12: { sampling: SAMPLINGS['4:2:0'], planeCount: 3, steps: [luma, interleavedChroma] },
  YU12: { sampling: SAMPLINGS['4:2:0'], planeCount: 3, steps: [luma, chroma(1), chroma(2)] },
  RGB3: { sampling: SAMPLINGS['4:4:4'], planeCount: 3, steps: [packedRgb(0)] },
  BGR3: { sampling: SAMPLINGS['4:4:4'], planeCount: 3, steps: [packedRgb(2)] },
  GREY: { sampling: SAMPLINGS['4:4:4'], planeCount: 1, steps: [luma] },
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

/** Brings a raw frame into planes of full range, in its own chroma sampling. Borrows `bytes`, which {@link checkRaw} has passed. */
export function unpack(kernels: Kernels, format: PixelFormat, bytes: Uint8Array): Picture {
  const { width, height, range } = format;
  const { sampling, planeCount, steps } = UNPACKINGS[format.fourcc] as Unpacking;
  const planes = kernels.planes({ width, height }, sampling, planeCount);
  const layouts = planesOf(format);
  const scratch = kernels.allocate(Math.max(STRIP_BYTES, format.stride));
  for (const [i, { offset, stride, lineBytes, lines }] of layouts.entries()) {
    const stripLines = Math.max(1, Math.floor(STRIP_BYTES / stride));
    for (let first = 0; first < lines; first += stripLines) {
      const count = Math.min(stripLines, lines - first);
      const start = offset + first * stride;
      // The last line ends with its picture: its padding need not be there.
      const source = bytes.subarray(start, start + stride * (count - 1) + lineBytes);
      kernels.view(scratch, source.length).set(source);
      steps[i]?.(kernels, { at: scratch, stride, lines: count, lineBytes, first }, planes, LEVELS[range]);
    }
  }
  return { width, height, sampling, planes };
}

/** True for packed RGB, which codecs can read as it is. */
export function isPackedRgb(fourcc: FourCC): boolean {
  return fourcc === 'RGB3' || fourcc === 'BGR3';
}
