/**
 * Copies of one plane, turned over. Strides may be negative: starting at the last line and going up is what makes a
 * vertical flip of any of these, and rotations are transpositions with one end or both turned round.
 */

export function copyLines(src: usize, srcStride: isize, dst: usize, dstStride: isize, width: i32, lines: i32): void {
  for (let line = 0; line < lines; line++) {
    memory.copy(dst, src, width);
    src += srcStride;
    dst += dstStride;
  }
}

/** Lines from right to left. */
export function mirror(src: usize, srcStride: isize, dst: usize, dstStride: isize, width: i32, lines: i32): void {
  for (let line = 0; line < lines; line++) {
    let x = 0;
    for (; x <= width - 16; x += 16) {
      const bytes = v128.load(src + x);
      const reversed = i8x16.shuffle(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
      v128.store(dst + (width - 16 - x), reversed);
    }
    for (; x < width; x++) store<u8>(dst + (width - 1 - x), load<u8>(src + x));
    src += srcStride;
    dst += dstStride;
  }
}

/** Lines become columns: a source of `width` x `lines` fills a destination of `lines` x `width`. */
export function transpose(src: usize, srcStride: isize, dst: usize, dstStride: isize, width: i32, lines: i32): void {
  const wholeWidth = width & ~7;
  const wholeLines = lines & ~7;
  for (let x = 0; x < wholeWidth; x += 8) {
    // Down the source, so that each of the eight destination lines is written from left to right.
    for (let line = 0; line < wholeLines; line += 8)
      transposeBlock(src + line * srcStride + x, srcStride, dst + x * dstStride + line, dstStride);
  }
  for (let x = wholeWidth; x < width; x++) {
    for (let line = 0; line < wholeLines; line++)
      store<u8>(dst + x * dstStride + line, load<u8>(src + line * srcStride + x));
  }
  for (let line = wholeLines; line < lines; line++) {
    for (let x = 0; x < width; x++) store<u8>(dst + x * dstStride + line, load<u8>(src + line * srcStride + x));
  }
}

/** Eight by eight bytes: three rounds of interleaving, of bytes, of pairs, of fours. */
function transposeBlock(src: usize, srcStride: isize, dst: usize, dstStride: isize): void {
  const two = srcStride * 2;
  const next = src + srcStride;
  const a0 = bytesInterleaved(v128.load64_zero(src), v128.load64_zero(next));
  const a1 = bytesInterleaved(v128.load64_zero(src + two), v128.load64_zero(next + two));
  const a2 = bytesInterleaved(v128.load64_zero(src + 2 * two), v128.load64_zero(next + 2 * two));
  const a3 = bytesInterleaved(v128.load64_zero(src + 3 * two), v128.load64_zero(next + 3 * two));
  const b0 = i16x8.shuffle(a0, a1, 0, 8, 1, 9, 2, 10, 3, 11);
  const b1 = i16x8.shuffle(a0, a1, 4, 12, 5, 13, 6, 14, 7, 15);
  const b2 = i16x8.shuffle(a2, a3, 0, 8, 1, 9, 2, 10, 3, 11);
  const b3 = i16x8.shuffle(a2, a3, 4, 12, 5, 13, 6, 14, 7, 15);
  storeTwoLines(dst, dstStride, i32x4.shuffle(b0, b2, 0, 4, 1, 5));
  storeTwoLines(dst + 2 * dstStride, dstStride, i32x4.shuffle(b0, b2, 2, 6, 3, 7));
  storeTwoLines(dst + 4 * dstStride, dstStride, i32x4.shuffle(b1, b3, 0, 4, 1, 5));
  storeTwoLines(dst + 6 * dstStride, dstStride, i32x4.shuffle(b1, b3, 2, 6, 3, 7));
}

function bytesInterleaved(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

function storeTwoLines(dst: usize, dstStride: isize, lines: v128): void {
  v128.store64_lane(dst, lines, 0);
  v128.store64_lane(dst + dstStride, lines, 1);
}
