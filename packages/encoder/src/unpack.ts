import { type FourCC, frameBytes, isReadable, minimumStride, type PixelFormat, planesOf } from '@framehub/frame';
import { RejectedFrame } from './jpeg.js';
import type { Kernels } from './kernels.js';
import { type PlanarImage, type Plane, SAMPLINGS, type Sampling } from './planar-image.js';

/** Lines that have been copied into the kernels' memory, and their place in the frame. */
interface Strip {
  readonly at: number;
  readonly stride: number;
  readonly lines: number;
  /** Bytes of a line without its padding. */
  readonly lineBytes: number;
  /** Number of the first line. */
  readonly first: number;
}

interface Levels {
  readonly lumaBias: number;
  readonly lumaGain: number;
  readonly chromaGain: number;
}

/** 16..235 and 16..240 to 0..255: a gain is what is added to a sample, in 1/32768 of it. */
const LEVELS: Readonly<Record<PixelFormat['range'], Levels>> = {
  full: { lumaBias: 0, lumaGain: 0, chromaGain: 0 },
  limited: {
    lumaBias: 16,
    lumaGain: Math.round((255 / 219 - 1) * 32_768),
    chromaGain: Math.round((255 / 224 - 1) * 32_768),
  },
};

type UnpackStrip = (kernels: Kernels, strip: Strip, image: PlanarImage, levels: Levels) => void;

/** How a format is unpacked: the sampling of its chroma, its number of planes, and a step for each plane of the source. */
interface Unpacking {
  /** The format's own, and others that its steps can produce at no cost. */
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

/** Bytes copied at a time: few enough to be still in the cache when the kernel reads them. */
const STRIP_BYTES = 128 * 1024;

/** @throws RejectedFrame if `bytes` are not a whole frame of a raw format that can be read */
export function checkRaw(format: PixelFormat, bytes: Uint8Array): void {
  const { fourcc, width, height, stride } = format;
  if (!isReadable(fourcc) || width < 1 || height < 1 || stride < minimumStride(fourcc, width))
    throw new RejectedFrame('unsupported-format');
  if (bytes.length === 0) throw new RejectedFrame('empty');
  if (bytes.length < frameBytes(format)) throw new RejectedFrame('truncated');
}

/**
 * Converts a raw frame to planes of full range. Borrows `bytes`, which {@link checkRaw} has accepted.
 *
 * @param preferred the chroma sampling of the result if the format can be unpacked to it at no cost; otherwise its own
 */
export function unpack(kernels: Kernels, format: PixelFormat, bytes: Uint8Array, preferred?: Sampling): PlanarImage {
  const { width, height, range } = format;
  const { samplings, planeCount, steps } = UNPACKINGS[format.fourcc] as Unpacking;
  const sampling = samplings.find(({ x, y }) => x === preferred?.x && y === preferred.y) ?? samplings[0];
  const image = { width, height, sampling, planes: kernels.planes({ width, height }, sampling, planeCount) };
  const layouts = planesOf(format);
  const scratch = kernels.allocate(Math.max(STRIP_BYTES, 2 * format.stride));
  for (const [i, { offset, stride, lineBytes, lines }] of layouts.entries()) {
    // Always even: two lines may share their chroma.
    const stripLines = 2 * Math.max(1, Math.floor(STRIP_BYTES / stride / 2));
    for (let first = 0; first < lines; first += stripLines) {
      const count = Math.min(stripLines, lines - first);
      const start = offset + first * stride;
      // The padding of the last line may be missing.
      const source = bytes.subarray(start, start + stride * (count - 1) + lineBytes);
      kernels.view(scratch, source.length).set(source);
      steps[i]?.(kernels, { at: scratch, stride, lines: count, lineBytes, first }, image, LEVELS[range]);
    }
  }
  return image;
}

/** Whether a format is packed RGB, which codecs can encode directly. */
export function isPackedRgb(fourcc: FourCC): boolean {
  return fourcc === 'RGB3' || fourcc === 'BGR3';
}
