/**
 * The four-character code of a pixel format, as V4L2 spells it: `MJPG`, `YUYV`, `NV12` …
 * Codes shorter than four letters are padded with blanks, so that every code has four characters.
 */
export type FourCC = string;

/** Names that users and other programs write for formats that V4L2 calls otherwise. */
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

/** The V4L2 spelling of a format's name, in capitals: `mjpeg` -> `MJPG`, `YUY2` -> `YUYV`. */
export function canonicalFourCC(name: string): FourCC {
  const upper = name.trim().toUpperCase();
  return ALIASES[upper] ?? upper.padEnd(4, ' ');
}

/** Reads V4L2's 32-bit little-endian code. Bit 31 marks a big-endian variant and is not part of the letters. */
export function fourCCFromCode(code: number): FourCC {
  return String.fromCharCode(code & 0xff, (code >> 8) & 0xff, (code >> 16) & 0xff, (code >> 24) & 0x7f);
}

/** The inverse of {@link fourCCFromCode}. */
export function codeFromFourCC(fourcc: FourCC): number {
  const code = [0, 1, 2, 3].reduce((sum, i) => sum | ((fourcc.charCodeAt(i) || 0x20) << (8 * i)), 0);
  return code >>> 0;
}

/** True for formats whose frames are complete JPEG files. */
export function isJpeg(fourcc: FourCC): boolean {
  return fourcc === 'MJPG' || fourcc === 'JPEG';
}
