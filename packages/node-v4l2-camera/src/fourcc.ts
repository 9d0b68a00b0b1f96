/**
 * A pixel format's four-character code in the notation of v4l2-ctl: `MJPG`, `YUYV`, `Y16 `. Big-endian variants end in
 * `-BE`: `Y16 -BE`.
 */
export type FourCC = string;

const BIG_ENDIAN = 0x8000_0000;
const SUFFIX = '-BE';

export function fourccFromCode(code: number): FourCC {
  const letters = String.fromCharCode(code & 0x7f, (code >> 8) & 0x7f, (code >> 16) & 0x7f, (code >> 24) & 0x7f);
  return code & BIG_ENDIAN ? letters + SUFFIX : letters;
}

/** Shorter codes are padded with blanks. Throws RangeError for an invalid code. */
export function codeFromFourcc(fourcc: FourCC): number {
  const big = fourcc.endsWith(SUFFIX);
  const letters = (big ? fourcc.slice(0, -SUFFIX.length) : fourcc).padEnd(4, ' ');
  if (!/^[\x21-\x7e][\x20-\x7e]{3}$/.test(letters))
    throw new RangeError(`${JSON.stringify(fourcc)} is not a four-character code`);
  const code = [...letters].reduce((sum, letter, i) => sum + letter.charCodeAt(0) * 2 ** (8 * i), 0);
  return big ? code + BIG_ENDIAN : code;
}
