/**
 * Packed RGB to full-range planes. The factors are JFIF 1.02's (BT.601, full range) times 32768; those of luma add up to
 * 32768 and those of chroma to 0 exactly, so that grey stays grey.
 */
const LUMA_OF_RED: i32 = 9798;
const LUMA_OF_GREEN: i32 = 19235;
const LUMA_OF_BLUE: i32 = 3735;
const HALF: i32 = 16384;
const CB_OF_RED: i32 = -5529;
const CB_OF_GREEN: i32 = -10855;
const CR_OF_GREEN: i32 = -13720;
const CR_OF_BLUE: i32 = -2664;
const LUMA_ROUNDING: i32 = 0x4000;
/** 128.5 less a hair, so that pure blue and pure red end at 255 and not at 256. */
const CHROMA_ROUNDING: i32 = 0x403fff;

/** RGB (`redAt` 0) or BGR (2) to planes 4:4:4. */
export function planesFromRgb(
  src: usize,
  srcStride: usize,
  y: usize,
  yStride: usize,
  u: usize,
  v: usize,
  chromaStride: usize,
  width: i32,
  lines: i32,
  redAt: i32,
): void {
  // Which colour comes first decides only which factor does.
  const bgr = redAt > 0;
  sums(
    src,
    srcStride,
    y,
    yStride,
    width,
    lines,
    bgr ? LUMA_OF_BLUE : LUMA_OF_RED,
    LUMA_OF_GREEN,
    bgr ? LUMA_OF_RED : LUMA_OF_BLUE,
    LUMA_ROUNDING,
  );
  sums(
    src,
    srcStride,
    u,
    chromaStride,
    width,
    lines,
    bgr ? HALF : CB_OF_RED,
    CB_OF_GREEN,
    bgr ? CB_OF_RED : HALF,
    CHROMA_ROUNDING,
  );
  sums(
    src,
    srcStride,
    v,
    chromaStride,
    width,
    lines,
    bgr ? CR_OF_BLUE : HALF,
    CR_OF_GREEN,
    bgr ? HALF : CR_OF_BLUE,
    CHROMA_ROUNDING,
  );
}

/** One plane of weighted sums of each pixel's three bytes. Sixteen pixels a round. */
function sums(
  src: usize,
  srcStride: usize,
  dst: usize,
  dstStride: usize,
  width: i32,
  lines: i32,
  first: i32,
  second: i32,
  third: i32,
  rounding: i32,
): void {
  // Pairs of 16-bit factors, for the pairwise products below.
  const firstTwo = i32x4.splat((first & 0xffff) | (second << 16));
  const last = i32x4.splat(third & 0xffff);
  const rounding4 = i32x4.splat(rounding);
  const zero = i8x16.splat(0);
  for (let line = 0; line < lines; line++) {
    let x = 0;
    for (; x <= width - 16; x += 16) {
      const at = src + x * 3;
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      let one = i8x16.shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
      let two = i8x16.shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
      let three = i8x16.shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
      one = i8x16.shuffle(one, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
      two = i8x16.shuffle(two, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
      three = i8x16.shuffle(three, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
      const low = sums8(interleavedLow(one, two), interleavedLow(three, zero), firstTwo, last, rounding4);
      const high = sums8(interleavedHigh(one, two), interleavedHigh(three, zero), firstTwo, last, rounding4);
      v128.store(dst + x, i8x16.narrow_i16x8_u(low, high));
    }
    for (; x < width; x++) {
      const at = src + x * 3;
      const sum = first * <i32>load<u8>(at) + second * <i32>load<u8>(at, 1) + third * <i32>load<u8>(at, 2);
      store<u8>(dst + x, (sum + rounding) >> 15);
    }
    src += srcStride;
    dst += dstStride;
  }
}

/** Eight pixels, from bytes 1 and 2 in turn and bytes 3 and 0 in turn. */
function sums8(pairs: v128, singles: v128, firstTwo: v128, last: v128, rounding: v128): v128 {
  const low = sums4(i16x8.extend_low_i8x16_u(pairs), i16x8.extend_low_i8x16_u(singles), firstTwo, last, rounding);
  const high = sums4(i16x8.extend_high_i8x16_u(pairs), i16x8.extend_high_i8x16_u(singles), firstTwo, last, rounding);
  return i16x8.narrow_i32x4_s(low, high);
}

function sums4(pairs: v128, singles: v128, firstTwo: v128, last: v128, rounding: v128): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(pairs, firstTwo), i32x4.dot_i16x8_s(singles, last));
  return i32x4.shr_s(i32x4.add(sum, rounding), 15);
}

function interleavedLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

function interleavedHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
