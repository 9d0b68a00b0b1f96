import type { PixelFormat } from '@framehub/frame';
import { type Canvas, type Scene, TILE, type Tile } from './scene.js';

/** A Huffman table as a JPEG file carries it: codes of each length from 1 to 16, and the symbols in order of code. */
interface HuffmanSpec {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

/** Code and length of each symbol. */
interface HuffmanCodes {
  readonly code: Uint16Array;
  readonly length: Uint8Array;
}

const bytes = (hex: string): number[] => (hex.match(/[0-9a-f]{2}/g) ?? []).map((pair) => Number.parseInt(pair, 16));

/** The usual tables, which receivers of MJPEG may rely on. Source: ITU-T T.81, Annex K.3. */
const LUMA_DC: HuffmanSpec = {
  counts: bytes('00010501010101010100000000000000'),
  symbols: bytes('000102030405060708090a0b'),
};
const CHROMA_DC: HuffmanSpec = {
  counts: bytes('00030101010101010101010000000000'),
  symbols: bytes('000102030405060708090a0b'),
};
const LUMA_AC: HuffmanSpec = {
  counts: bytes('0002010303020403050504040000017d'),
  symbols: bytes(
    `0102030004110512213141061351610722711432 8191a1082342b1c11552d1f02433627282090a161718191a25262728
     292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889
     8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2
     e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa`,
  ),
};
const CHROMA_AC: HuffmanSpec = {
  counts: bytes('00020102040403040705040400010277'),
  symbols: bytes(
    `0001020311040521310612415107617113223281 08144291a1b1c109233352f0156272d10a162434e125f11718191a26
     2728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687
     88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da
     e2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa`,
  ),
};

/** Source: ITU-T T.81, Annex C: codes of a length count up, and a longer length goes on at twice the code. */
function codesOf({ counts, symbols }: HuffmanSpec): HuffmanCodes {
  const codes: HuffmanCodes = { code: new Uint16Array(256), length: new Uint8Array(256) };
  let code = 0;
  let next = 0;
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++) {
      const symbol = symbols[next++] ?? 0;
      codes.code[symbol] = code++;
      codes.length[symbol] = i + 1;
    }
    code <<= 1;
  });
  return codes;
}

/** Order of coefficients in a file, from low to high frequency. Source: ITU-T T.81, figure A.6. */
const ZIGZAG: readonly number[] = Array.from({ length: 64 }, (_, at) => at).sort(
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
const QUANTISATION: readonly number[] = Array.from({ length: 64 }, (_, at) => 4 + (at >> 2));

/** A block ready to be written: its DC value, and the bits of all that follows. */
interface CodedBlock {
  readonly dc: number;
  /** Pairs of bits and their number. */
  readonly ac: Uint32Array;
}

const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const [frequency, place] = [i >> 3, i & 7];
  return Math.cos(((2 * place + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5;
});

/** Codes 8 by 8 samples of two levels; a component's Huffman tables are given once. */
class BlockCoder {
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

  /** Writes the difference to the block before. */
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

/** Writes entropy-coded bits, with the zero that JPEG wants after each byte of ones. */
class BitWriter {
  readonly #bytes: Uint8Array;
  #at = 0;
  #pending = 0;
  #pendingBits = 0;

  /** @param capacity bytes; the caller knows how much can come */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** @param length 0 to 25; the bits are the lowest of `bits`, and none above them is set */
  write(bits: number, length: number): void {
    // At most 7 bits wait, so that the sum stays below 32.
    this.#pending = (this.#pending << length) | bits;
    this.#pendingBits += length;
    while (this.#pendingBits >= 8) {
      this.#pendingBits -= 8;
      this.#put((this.#pending >>> this.#pendingBits) & 0xff);
    }
    this.#pending &= (1 << this.#pendingBits) - 1;
  }

  /** Fills the last byte with ones, gives a copy of all with a marker behind it, if one is given, and begins anew. */
  take(marker?: number): Uint8Array {
    if (this.#pendingBits > 0) this.write((1 << (8 - this.#pendingBits)) - 1, 8 - this.#pendingBits);
    if (marker !== undefined) {
      this.#bytes[this.#at++] = 0xff;
      this.#bytes[this.#at++] = marker;
    }
    const taken = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return taken;
  }

  #put(byte: number): void {
    this.#bytes[this.#at++] = byte;
    if (byte === 0xff) this.#bytes[this.#at++] = 0;
  }
}

const two = (value: number): readonly number[] => [value >> 8, value & 0xff];

/** A marker segment: marker, length, contents. */
const segment = (marker: number, contents: readonly number[]): readonly number[] => [
  0xff,
  marker,
  ...two(contents.length + 2),
  ...contents,
];

const huffmanTable = (place: number, { counts, symbols }: HuffmanSpec): readonly number[] =>
  segment(0xc4, [place, ...counts, ...symbols]);

/**
 * All that comes before the entropy-coded data of a 4:2:2 image.
 * @param restartInterval blocks between restart markers, counted in groups (MCUs) of 16 by 8 pixels
 */
function jpegHeaders(width: number, height: number, restartInterval: number): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...QUANTISATION]),
    ...segment(0xc0, [8, ...two(height), ...two(width), 3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0]),
    ...huffmanTable(0x00, LUMA_DC),
    ...huffmanTable(0x10, LUMA_AC),
    ...huffmanTable(0x01, CHROMA_DC),
    ...huffmanTable(0x11, CHROMA_AC),
    ...segment(0xdd, two(restartInterval)),
    ...segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]);
}

const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9);

/** Two luma blocks and two of chroma; 63 coefficients of 24 bits and a DC of 20 each, and every byte might need a zero. */
const MAX_GROUP_BYTES = 4 * 2 * 208;
/** RST0; the eight restart markers take turns. */
const FIRST_RESTART = 0xd0;
/** A chroma block of a group whose two tiles differ in hue: the right half is the right tile's. */
const RIGHT_HALF = new Uint8Array(8).fill(0x0f);

/**
 * Codes a scene as JPEG without an encoder: a tile is a block of two levels, so each kind of tile is transformed once
 * and its bits are kept. A restart marker ends each row of tiles, which makes rows independent of one another: those
 * that do not change are written as they were.
 */
export class JpegCanvas implements Canvas {
  readonly format: PixelFormat;
  readonly #scene: Scene;
  readonly #headers: Uint8Array;
  readonly #rows: Uint8Array[] = [];
  readonly #luma = new BlockCoder(LUMA_DC, LUMA_AC);
  readonly #chroma = new BlockCoder(CHROMA_DC, CHROMA_AC);
  readonly #lumaBlocks = new Map<Tile, CodedBlock>();
  readonly #chromaBlocks = new Map<number, CodedBlock>();
  readonly #bits: BitWriter;
  readonly #write: (bits: number, length: number) => void;
  readonly #groups: number;
  #frame = new Uint8Array(0);

  constructor(fourcc: string, scene: Scene) {
    const { width, height } = scene;
    this.format = { fourcc, width, height, stride: 0, range: 'full' };
    this.#scene = scene;
    this.#groups = Math.ceil(scene.columns / 2);
    this.#headers = jpegHeaders(width, height, this.#groups);
    const bits = new BitWriter(this.#groups * MAX_GROUP_BYTES);
    this.#bits = bits;
    this.#write = (value, length) => bits.write(value, length);
  }

  render(): Uint8Array {
    const { columns, rows } = this.#scene;
    const changed = new Set(this.#scene.takeChanged().map((place) => Math.floor(place / columns)));
    for (const row of changed) this.#rows[row] = this.#codeRow(row, row === rows - 1);
    return this.#join([this.#headers, ...this.#rows, END_OF_IMAGE]);
  }

  #codeRow(row: number, last: boolean): Uint8Array {
    let [luma, cb, cr] = [0, 0, 0];
    for (let group = 0; group < this.#groups; group++) {
      const left = this.#scene.at(2 * group, row);
      const right = 2 * group + 1 < this.#scene.columns ? this.#scene.at(2 * group + 1, row) : left;
      luma = this.#put(this.#luma, this.#lumaBlock(left), luma);
      luma = this.#put(this.#luma, this.#lumaBlock(right), luma);
      cb = this.#put(this.#chroma, this.#chromaBlock(left.cb, right.cb), cb);
      cr = this.#put(this.#chroma, this.#chromaBlock(left.cr, right.cr), cr);
    }
    return this.#bits.take(last ? undefined : FIRST_RESTART + (row % 8));
  }

  /** Writes a block and returns its DC, to which the next of its component is relative. */
  #put(coder: BlockCoder, { dc, ac }: CodedBlock, before: number): number {
    coder.writeDc(dc - before, this.#write);
    for (let at = 0; at < ac.length; at += 2) this.#write(ac[at] as number, ac[at + 1] as number);
    return dc;
  }

  #lumaBlock(tile: Tile): CodedBlock {
    let block = this.#lumaBlocks.get(tile);
    if (!block) {
      block = this.#luma.code(tile.rows, tile.paper, tile.ink);
      this.#lumaBlocks.set(tile, block);
    }
    return block;
  }

  #chromaBlock(left: number, right: number): CodedBlock {
    const key = left * 256 + right;
    let block = this.#chromaBlocks.get(key);
    if (!block) {
      block = this.#chroma.code(RIGHT_HALF, left, right);
      this.#chromaBlocks.set(key, block);
    }
    return block;
  }

  /** Into memory that the next frame uses again. */
  #join(parts: readonly Uint8Array[]): Uint8Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > this.#frame.length) this.#frame = new Uint8Array(length * 2);
    let at = 0;
    for (const part of parts) {
      this.#frame.set(part, at);
      at += part.length;
    }
    return this.#frame.subarray(0, length);
  }
}
