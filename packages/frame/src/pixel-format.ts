import { isJpeg } from './jpeg.js';

/**
 * The four-character code of a pixel format, as V4L2 spells it: `MJPG`, `YUYV`, `NV12` …
 * Codes shorter than four letters are padded with blanks, so that every code has four characters.
 */
export type FourCC = string;

/** Other names of formats, in use by people and programs. */
const ALIASES: Readonly<Record<string, FourCC>> = {
  MJPEG: 'MJPG',
  YUY2: 'YUYV',
  YUYV422: 'YUYV',
  YUV420: 'YU12',
  I420: 'YU12',
  BGR24: 'BGR3',
  RGB24: 'RGB3',
  GRAY: 'GREY',
  GRAY8: 'GREY',
  Y8: 'GREY',
};

/** V4L2's FourCC of a format's name: `mjpeg` -> `MJPG`, `YUY2` -> `YUYV`. */
export function canonicalFourCC(name: string): FourCC {
  const upper = name.trim().toUpperCase();
  return ALIASES[upper] ?? upper.padEnd(4, ' ');
}

/** The FourCC of V4L2's 32-bit little-endian code. Bit 31 marks a big-endian variant and is not part of the letters. */
export function fourCCFromCode(code: number): FourCC {
  return String.fromCharCode(code & 0xff, (code >> 8) & 0xff, (code >> 16) & 0xff, (code >> 24) & 0x7f);
}

/** The inverse of {@link fourCCFromCode}. */
export function codeFromFourCC(fourcc: FourCC): number {
  const code = [0, 1, 2, 3].reduce((sum, i) => sum | ((fourcc.charCodeAt(i) || 0x20) << (8 * i)), 0);
  return code >>> 0;
}

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
  /** Bytes of a line without the padding, which is the rest up to the stride. */
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

/** The raw formats that framehub encodes to JPEG. Source: https://docs.kernel.org/userspace-api/media/v4l/pixfmt.html */
const RAW_LAYOUTS: Readonly<Record<FourCC, Layout>> = {
  YUYV: packed422,
  UYVY: packed422,
  NV12: nv12,
  YU12: yu12,
  BGR3: packed(3),
  RGB3: packed(3),
  GREY: packed(1),
};

/** All formats that framehub reads, best first: JPEG needs no encoding, GREY has no colour. */
export const READABLE_FOURCCS: readonly FourCC[] = ['MJPG', 'JPEG', ...Object.keys(RAW_LAYOUTS)];

/** Whether framehub reads this format. */
export function isReadable(fourcc: FourCC): boolean {
  return READABLE_FOURCCS.includes(fourcc);
}

/**
 * The planes of a raw format.
 *
 * @throws RangeError for JPEG and for formats that framehub does not read
 */
export function planesOf(format: PixelFormat): readonly PlaneLayout[] {
  const layout = RAW_LAYOUTS[format.fourcc];
  if (!layout) throw new RangeError(`no raw layout for ${format.fourcc}`);
  return layout(format.width, format.height, format.stride);
}

/** Bytes of a complete raw frame, at least; 0 for JPEG, whose frames differ in length. @throws as {@link planesOf} */
export function frameBytes(format: PixelFormat): number {
  if (isJpeg(format.fourcc)) return 0;
  const last = planesOf(format).at(-1);
  return last ? last.offset + last.stride * (last.lines - 1) + last.lineBytes : 0;
}

/** The smallest stride of a raw format's first plane, in bytes; 0 for JPEG. @throws as {@link planesOf} */
export function minimumStride(fourcc: FourCC, width: number): number {
  if (isJpeg(fourcc)) return 0;
  return planesOf({ fourcc, width, height: 1, stride: 0, range: 'full' })[0]?.lineBytes ?? 0;
}
