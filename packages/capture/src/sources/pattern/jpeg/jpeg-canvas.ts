import type { PixelFormat } from '@framehub/frame';
import type { Canvas } from '../canvas.js';
import type { Scene } from '../scene.js';
import type { Tile } from '../tiles.js';
import { BitWriter } from './bit-writer.js';
import { END_OF_IMAGE, jpegHeaders } from './headers.js';
import { CHROMA_AC, CHROMA_DC, LUMA_AC, LUMA_DC } from './huffman.js';
import { BlockCoder, type CodedBlock } from './two-level-block.js';

/** Two luma blocks and two of chroma; 63 coefficients of 24 bits and a DC of 20 each, and every byte might need a zero. */
const MOST_BYTES_OF_A_GROUP = 4 * 2 * 208;
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
    const bits = new BitWriter(this.#groups * MOST_BYTES_OF_A_GROUP);
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

  /** Writes a block and returns its DC, which the next of its component is told apart from. */
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
