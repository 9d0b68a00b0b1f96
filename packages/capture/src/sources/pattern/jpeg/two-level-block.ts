import { TILE } from '../tiles.js';
import { codesOf, type HuffmanSpec } from './huffman.js';

/** Order of coefficients in a file, from low to high frequency. Source: ITU-T T.81, figure A.6. */
export const ZIGZAG: readonly number[] = Array.from({ length: 64 }, (_, at) => at).sort(
  (a, b) => diagonal(a) - diagonal(b) || along(a) - along(b),
);

function diagonal(at: number): number {
  return (at >> 3) + (at & 7);
}

/** Odd diagonals run down, even ones up. */
function along(at: number): number {
  return diagonal(at) & 1 ? at >> 3 : at & 7;
}

/** Divisors of the coefficients, in zigzag order: fine, so that edges of letters stay clean. */
export const QUANTISATION: readonly number[] = Array.from({ length: 64 }, (_, at) => 4 + (at >> 2));

/** A block ready to be written: its DC value, and the bits of all that follows. */
export interface CodedBlock {
  readonly dc: number;
  /** Pairs of bits and their number. */
  readonly ac: Uint32Array;
}

const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [frequency, place] = [i >> 3, i & 7];
  return Math.cos(((2 * place + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5;
});

/** Codes 8 by 8 samples of two levels; a component's Huffman tables are given once. */
export class BlockCoder {
  readonly #dc;
  readonly #ac;
  readonly #shapes = new Map<string, Float64Array>();

  constructor(dc: HuffmanSpec, ac: HuffmanSpec) {
    this.#dc = codesOf(dc);
    this.#ac = codesOf(ac);
  }

  /** @param rows eight, bit 7 leftmost: `ink` where it is 1, else `paper` */
  code(rows: Uint8Array, paper: number, ink: number): CodedBlock {
    const shape = this.#shapeOf(rows);
    const quantised = ZIGZAG.map((at, i) => {
      const ground = at === 0 ? (paper - 128) * TILE : 0;
      return Math.round((ground + (ink - paper) * (shape[at] as number)) / (QUANTISATION[i] as number));
    });
    return { dc: quantised[0] ?? 0, ac: this.#codeAc(quantised) };
  }

  /** Bits that tell the difference to the block before. */
  writeDc(difference: number, write: (bits: number, length: number) => void): void {
    const size = sizeOf(difference);
    write(this.#dc.code[size] as number, this.#dc.length[size] as number);
    if (size > 0) write(magnitudeBits(difference, size), size);
  }

  #shapeOf(rows: Uint8Array): Float64Array {
    const key = rows.join();
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = transform(rows);
      this.#shapes.set(key, shape);
    }
    return shape;
  }

  #codeAc(quantised: readonly number[]): Uint32Array {
    const pairs: number[] = [];
    const put = (symbol: number, extra = 0, extraBits = 0): void => {
      pairs.push(((this.#ac.code[symbol] as number) << extraBits) | extra);
      pairs.push((this.#ac.length[symbol] as number) + extraBits);
    };
    let zeros = 0;
    for (const value of quantised.slice(1)) {
      if (value === 0) {
        zeros += 1;
        continue;
      }
      for (; zeros > 15; zeros -= 16) put(0xf0);
      const size = sizeOf(value);
      put((zeros << 4) | size, magnitudeBits(value, size), size);
      zeros = 0;
    }
    if (zeros > 0) put(0);
    return Uint32Array.from(pairs);
  }
}

/** Bits that a value's magnitude needs. */
function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Negative values are written less one, so that their first bit is 0. */
function magnitudeBits(value: number, size: number): number {
  return value < 0 ? value + (1 << size) - 1 : value;
}

/** The two-dimensional DCT of a bitmap of zeros and ones, as JPEG scales it. */
function transform(rows: Uint8Array): Float64Array {
  const lines = new Float64Array(64);
  const result = new Float64Array(64);
  for (let y = 0; y < TILE; y++)
    for (let x = 0; x < TILE; x++)
      if ((rows[y] as number) & (0x80 >> x))
        for (let u = 0; u < TILE; u++) lines[y * 8 + u] = (lines[y * 8 + u] as number) + (COSINES[u * 8 + x] as number);
  for (let v = 0; v < TILE; v++)
    for (let y = 0; y < TILE; y++)
      for (let u = 0; u < TILE; u++)
        result[v * 8 + u] =
          (result[v * 8 + u] as number) + (lines[y * 8 + u] as number) * (COSINES[v * 8 + y] as number);
  return result;
}
