/**
 * Resampling by area: each sample of the result is the mean of the source under it, which neither aliases nor blurs
 * when a picture is made smaller, and repeats samples where chroma is spread.
 *
 * A table says for each result sample where its first source sample is, how many there are, and their weights:
 * `u32 first, u32 count, u16 weights[]`, an entry every `entryBytes`. Weights add up to 256, so that a column of bytes
 * sums up in 16 bits.
 */

const ONE: f64 = 256;

/** Fills the table of one axis. `step` is the width of a result sample in source samples. */
export function weigh(table: usize, entryBytes: usize, sourceCount: i32, resultCount: i32, step: f64): void {
  for (let i = 0; i < resultCount; i++) {
    const from = <f64>i * step;
    const to = min(<f64>(i + 1) * step, <f64>sourceCount);
    const first = min(<i32>floor(from), sourceCount - 1);
    const count = max(1, <i32>ceil(to) - first);
    store<i32>(table, first);
    store<i32>(table, count, 4);
    // Differences of a rounded running sum, so that the rounding never changes the total.
    let before = 0;
    for (let k = 0; k < count; k++) {
      const covered = k < count - 1 ? (<f64>(first + k + 1) - from) / (to - from) : 1.0;
      const sum = <i32>nearest(covered * ONE);
      store<u16>(table + 8 + 2 * k, <u16>(sum - before));
      before = sum;
    }
    table += entryBytes;
  }
}

/**
 * Scales one plane. `columns` and `lines` are tables of {@link weigh}; `row` is scratch for one line of 16-bit sums.
 * Reads up to 15 bytes behind a source line, and writes as many sums behind the row's: both need that much room.
 */
export function scale(
  src: usize,
  srcStride: usize,
  srcWidth: i32,
  dst: usize,
  dstStride: usize,
  dstWidth: i32,
  dstHeight: i32,
  columns: usize,
  columnBytes: usize,
  lines: usize,
  lineBytes: usize,
  row: usize,
): void {
  for (let y = 0; y < dstHeight; y++) {
    sumLines(src + load<u32>(lines) * srcStride, srcStride, srcWidth, load<i32>(lines, 4), lines + 8, row);
    let column = columns;
    for (let x = 0; x < dstWidth; x++) {
      const count = load<i32>(column, 4);
      let sums = row + 2 * load<u32>(column);
      let total: u32 = 0x8000;
      for (let k = 0; k < count; k++) {
        total += <u32>load<u16>(sums) * <u32>load<u16>(column + 2 * k, 8);
        sums += 2;
      }
      store<u8>(dst + x, total >> 16);
      column += columnBytes;
    }
    lines += lineBytes;
    dst += dstStride;
  }
}

function sumLines(src: usize, srcStride: usize, width: i32, count: i32, weights: usize, row: usize): void {
  for (let x = 0; x < width; x += 16) {
    let left = i16x8.splat(0);
    let right = i16x8.splat(0);
    let at = src + x;
    for (let k = 0; k < count; k++) {
      const bytes = v128.load(at);
      const weight = i16x8.splat(load<u16>(weights + 2 * k));
      left = i16x8.add(left, i16x8.mul(i16x8.extend_low_i8x16_u(bytes), weight));
      right = i16x8.add(right, i16x8.mul(i16x8.extend_high_i8x16_u(bytes), weight));
      at += srcStride;
    }
    v128.store(row + 2 * x, left);
    v128.store(row + 2 * x, right, 16);
  }
}
