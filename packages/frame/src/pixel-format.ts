import { type FourCC, isJpeg } from './fourcc.js';

/**
 * How the bytes of a frame are laid out.
 *
 * Raw formats follow V4L2's rule for contiguous planes: every plane follows the one before without a gap, and
 * the chroma planes' strides derive from `stride` (half of it for YU12, the same for NV12).
 */
export interface PixelFormat {
  readonly fourcc: FourCC;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Bytes from one line of the first plane to the next; 0 for JPEG. */
  readonly stride: number;
  /** Sample range of YUV formats. V4L2's default for YCbCr is limited (16..235); JPEG wants full (0..255). */
  readonly range: 'limited' | 'full';
}

/** One plane within a raw frame, in bytes. */
export interface PlaneLayout {
  readonly offset: number;
  readonly stride: number;
  /** Bytes of picture in a line; the rest up to the stride is padding. */
  readonly lineBytes: number;
  readonly lines: number;
}

type Layout = (width: number, height: number, stride: number) => readonly PlaneLayout[];

const packed =
  (bytesPerPixel: number): Layout =>
  (width, height, stride) => [{ offset: 0, stride, lineBytes: width * bytesPerPixel, lines: height }];

/** 4:2:2 packed formats hold pixels in pairs: an odd width still fills a pair. */
const packed422: Layout = (width, height, stride) => [
  { offset: 0, stride, lineBytes: Math.ceil(width / 2) * 4, lines: height },
];

const nv12: Layout = (width, height, stride) => [
  { offset: 0, stride, lineBytes: width, lines: height },
  { offset: stride * height, stride, lineBytes: Math.ceil(width / 2) * 2, lines: Math.ceil(height / 2) },
];

const yu12: Layout = (width, height, stride) => {
  const chroma = { stride: stride >> 1, lineBytes: Math.ceil(width / 2), lines: Math.ceil(height / 2) };
  const first = stride * height;
  return [
    { offset: 0, stride, lineBytes: width, lines: height },
    { offset: first, ...chroma },
    { offset: first + chroma.stride * chroma.lines, ...chroma },
  ];
};

/** The raw formats that framehub turns into JPEG: source https://docs.kernel.org/userspace-api/media/v4l/pixfmt.html */
const RAW_LAYOUTS: Readonly<Record<FourCC, Layout>> = {
  YUYV: packed422,
  UYVY: packed422,
  NV12: nv12,
  YU12: yu12,
  BGR3: packed(3),
  RGB3: packed(3),
  GREY: packed(1),
};

/** Every format that framehub reads, best first: JPEG costs no encoding, GREY has no colour. */
export const READABLE_FOURCCS: readonly FourCC[] = ['MJPG', 'JPEG', ...Object.keys(RAW_LAYOUTS)];

/** True when framehub can turn frames of this format into JPEG. */
export function isReadable(fourcc: FourCC): boolean {
  return READABLE_FOURCCS.includes(fourcc);
}

/** The planes of a raw format. Throws a RangeError for JPEG and for formats framehub does not read. */
export function planesOf(format: PixelFormat): readonly PlaneLayout[] {
  const layout = RAW_LAYOUTS[format.fourcc];
  if (!layout) throw new RangeError(`no raw layout for ${format.fourcc}`);
  return layout(format.width, format.height, format.stride);
}

/** Bytes a complete raw frame needs at least; 0 for JPEG, whose frames differ in length. */
export function frameBytes(format: PixelFormat): number {
  if (isJpeg(format.fourcc)) return 0;
  const last = planesOf(format).at(-1);
  return last ? last.offset + last.stride * (last.lines - 1) + last.lineBytes : 0;
}

/** The smallest stride of a raw format's first plane, in bytes; 0 for JPEG. */
export function minimumStride(fourcc: FourCC, width: number): number {
  if (isJpeg(fourcc)) return 0;
  return planesOf({ fourcc, width, height: 1, stride: 0, range: 'full' })[0]?.lineBytes ?? 0;
}
