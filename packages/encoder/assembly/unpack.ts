/**
 * Raw YUV lines to planes, bringing limited range to full on the way.
 *
 * Range is one sum for every format, so that full range is no case of its own: with t = sample - bias, the result is
 * t + t * gain + offset, rounded and clamped. `gain` is in units of 1/32768; bias, gain and offset of 0 change nothing.
 */

const CHROMA_MIDDLE: i32 = 128;

function leveled(sample: i32, bias: i32, gain: i32, offset: i32): u8 {
  const t = sample - bias;
  return <u8>max(0, min(255, t + ((t * gain + 0x4000) >> 15) + offset));
}

/** `leveled` for eight samples of luma, whose offset is 0; `narrow_i16x8_u` clamps afterwards. */
function luma8(samples: v128, bias: v128, gain: v128): v128 {
  const t = i16x8.sub(samples, bias);
  return i16x8.add(t, i16x8.q15mulr_sat_s(t, gain));
}

/** The same for chroma, whose offset is its bias. */
function chroma8(samples: v128, gain: v128): v128 {
  const t = i16x8.sub(samples, i16x8.splat(<i16>CHROMA_MIDDLE));
  return i16x8.add(samples, i16x8.q15mulr_sat_s(t, gain));
}

/** Stores eight bytes U and eight bytes V from sixteen alternating ones. */
function storePairs(uv: v128, u: usize, v: usize): void {
  const parted = i8x16.shuffle(uv, uv, 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
  v128.store64_lane(u, parted, 0);
  v128.store64_lane(v, parted, 1);
}

/**
 * YUYV (`lumaAt` 0) or UYVY (1) to planes of 4:2:2, or of 4:2:0 where `halved`: then each line of chroma is the mean of
 * two. Sixteen pixels a round; reads one byte behind the last pair.
 */
export function unpack422(
  src: usize,
  srcStride: usize,
  y: usize,
  yStride: usize,
  u: usize,
  v: usize,
  chromaStride: usize,
  pairs: i32,
  lines: i32,
  lumaAt: usize,
  lumaBias: i32,
  lumaGain: i32,
  chromaGain: i32,
  halved: bool,
): void {
  const chromaAt = 1 - lumaAt;
  const step = halved ? 2 : 1;
  for (let line = 0; line < lines; line += step) {
    // The last of an odd number of lines is its own partner.
    const toPartner = halved && line + 1 < lines ? srcStride : 0;
    lumaLine(src + lumaAt, y, pairs, lumaBias, lumaGain);
    if (toPartner) lumaLine(src + toPartner + lumaAt, y + yStride, pairs, lumaBias, lumaGain);
    chromaLine(src + chromaAt, toPartner, u, v, pairs, chromaGain);
    src += srcStride * step;
    y += yStride * step;
    u += chromaStride;
    v += chromaStride;
  }
}

/** Every other byte, brought to full range. */
function lumaLine(src: usize, y: usize, pairs: i32, bias: i32, gain: i32): void {
  const low = i16x8.splat(0xff);
  const bias8 = i16x8.splat(<i16>bias);
  const gain8 = i16x8.splat(<i16>gain);
  let pair = 0;
  for (; pair <= pairs - 8; pair += 8) {
    // Whichever byte comes first: what is wanted is the low half of each lane.
    const at = src + pair * 4;
    const a = luma8(v128.and(v128.load(at), low), bias8, gain8);
    const b = luma8(v128.and(v128.load(at, 16), low), bias8, gain8);
    v128.store(y + pair * 2, i8x16.narrow_i16x8_u(a, b));
  }
  for (; pair < pairs; pair++) {
    store<u8>(y + pair * 2, leveled(load<u8>(src + pair * 4), bias, gain, 0));
    store<u8>(y + pair * 2, leveled(load<u8>(src + pair * 4, 2), bias, gain, 0), 1);
  }
}

/** U and V, alternating with luma, as the means of a line and of the one `toPartner` bytes on. */
function chromaLine(src: usize, toPartner: usize, u: usize, v: usize, pairs: i32, gain: i32): void {
  const low = i16x8.splat(0xff);
  const gain8 = i16x8.splat(<i16>gain);
  let pair = 0;
  for (; pair <= pairs - 8; pair += 8) {
    const at = src + pair * 4;
    const a = i8x16.avgr_u(v128.load(at), v128.load(at + toPartner));
    const b = i8x16.avgr_u(v128.load(at, 16), v128.load(at + toPartner, 16));
    const leveledA = chroma8(v128.and(a, low), gain8);
    const leveledB = chroma8(v128.and(b, low), gain8);
    storePairs(i8x16.narrow_i16x8_u(leveledA, leveledB), u + pair, v + pair);
  }
  for (; pair < pairs; pair++) {
    const at = src + pair * 4;
    store<u8>(u + pair, leveled(mean(at, at + toPartner), CHROMA_MIDDLE, gain, CHROMA_MIDDLE));
    store<u8>(v + pair, leveled(mean(at + 2, at + toPartner + 2), CHROMA_MIDDLE, gain, CHROMA_MIDDLE));
  }
}

/** Of two bytes, rounded as `avgr_u` does. */
function mean(a: usize, b: usize): i32 {
  return (<i32>load<u8>(a) + <i32>load<u8>(b) + 1) >> 1;
}

/** The second plane of NV12 (U and V alternating) to two planes. */
export function deinterleave(
  src: usize,
  srcStride: usize,
  u: usize,
  v: usize,
  chromaStride: usize,
  pairs: i32,
  lines: i32,
  gain: i32,
): void {
  const gain8 = i16x8.splat(<i16>gain);
  for (let line = 0; line < lines; line++) {
    let pair = 0;
    for (; pair <= pairs - 8; pair += 8) {
      const bytes = v128.load(src + pair * 2);
      const a = chroma8(i16x8.extend_low_i8x16_u(bytes), gain8);
      const b = chroma8(i16x8.extend_high_i8x16_u(bytes), gain8);
      storePairs(i8x16.narrow_i16x8_u(a, b), u + pair, v + pair);
    }
    for (; pair < pairs; pair++) {
      store<u8>(u + pair, leveled(load<u8>(src + pair * 2), CHROMA_MIDDLE, gain, CHROMA_MIDDLE));
      store<u8>(v + pair, leveled(load<u8>(src + pair * 2, 1), CHROMA_MIDDLE, gain, CHROMA_MIDDLE));
    }
    src += srcStride;
    u += chromaStride;
    v += chromaStride;
  }
}

/** One plane as it is but for its range. */
export function level(
  src: usize,
  srcStride: usize,
  dst: usize,
  dstStride: usize,
  width: i32,
  lines: i32,
  bias: i32,
  gain: i32,
  offset: i32,
): void {
  const bias8 = i16x8.splat(<i16>bias);
  const gain8 = i16x8.splat(<i16>gain);
  const offset8 = i16x8.splat(<i16>offset);
  for (let line = 0; line < lines; line++) {
    let x = 0;
    for (; x <= width - 16; x += 16) {
      const bytes = v128.load(src + x);
      const a = i16x8.add(luma8(i16x8.extend_low_i8x16_u(bytes), bias8, gain8), offset8);
      const b = i16x8.add(luma8(i16x8.extend_high_i8x16_u(bytes), bias8, gain8), offset8);
      v128.store(dst + x, i8x16.narrow_i16x8_u(a, b));
    }
    for (; x < width; x++) store<u8>(dst + x, leveled(load<u8>(src + x), bias, gain, offset));
    src += srcStride;
    dst += dstStride;
  }
}
