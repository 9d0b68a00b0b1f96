import type { PixelFormat } from '@framehub/frame';
import { GLYPH_SIZE, glyphOf } from './font.js';

/** Pixels of a tile's edge: a glyph's, and a JPEG block's. */
export const TILE = 8;

/** A colour as JPEG has it: YCbCr, full range. */
export interface Colour {
  readonly y: number;
  readonly cb: number;
  readonly cr: number;
}

/**
 * Eight by eight pixels of one hue in two shades. The whole pattern is made of these, so that it is drawn into raw
 * formats, and coded as JPEG, tile by tile, and only where it changes. Equal tiles are the same object.
 */
export interface Tile {
  /** Eight rows; a bit says `ink` or `paper`; bit 7 is leftmost. */
  readonly rows: Uint8Array;
  /** Luma where the bit is 0. */
  readonly paper: number;
  /** Luma where the bit is 1. */
  readonly ink: number;
  readonly cb: number;
  readonly cr: number;
}

const EMPTY = new Uint8Array(TILE);

/** Makes tiles, each once. */
export class Tiles {
  readonly #made = new Map<string, Tile>();
  readonly #glyphs = new Map<string, readonly Tile[]>();

  readonly #shade: (luma: number) => number;

  /** @param shade the luma shown for a luma drawn; both 0 to 255 */
  constructor(shade: (luma: number) => number) {
    this.#shade = shade;
  }

  flat(colour: Colour): Tile {
    return this.bitmap(EMPTY, colour, colour.y);
  }

  /** @param ink luma of the bits that are 1 */
  bitmap(rows: Uint8Array, paper: Colour, ink: number): Tile {
    const key = `${rows.join()} ${paper.y} ${paper.cb} ${paper.cr} ${ink}`;
    let tile = this.#made.get(key);
    if (!tile) {
      tile = { rows: rows.slice(), paper: this.#shade(paper.y), ink: this.#shade(ink), cb: paper.cb, cr: paper.cr };
      this.#made.set(key, tile);
    }
    return tile;
  }

  /** A character enlarged to `scale` by `scale` tiles, row by row. */
  glyph(character: string, scale: number, paper: Colour, ink: number): readonly Tile[] {
    const key = `${character} ${scale} ${paper.y} ${paper.cb} ${paper.cr} ${ink}`;
    let tiles = this.#glyphs.get(key);
    if (!tiles) {
      const glyph = glyphOf(character);
      const places = Array.from({ length: scale * scale }, (_, i) => ({ x: i % scale, y: Math.floor(i / scale) }));
      tiles = places.map(({ x, y }) => this.bitmap(enlarged(glyph, scale, x, y), paper, ink));
      this.#glyphs.set(key, tiles);
    }
    return tiles;
  }
}

/** One tile of a glyph drawn `scale` times as large. */
function enlarged(glyph: Uint8Array, scale: number, tileX: number, tileY: number): Uint8Array {
  const rows = new Uint8Array(TILE);
  for (let y = 0; y < TILE; y++) {
    const source = glyph[Math.floor((tileY * TILE + y) / scale)] ?? 0;
    for (let x = 0; x < TILE; x++) {
      const column = Math.floor((tileX * TILE + x) / scale);
      if (column < GLYPH_SIZE && source & (0x80 >> column)) rows[y] = (rows[y] as number) | (0x80 >> x);
    }
  }
  return rows;
}

/** An image made of tiles that remembers which of them have changed. */
export class Scene {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  readonly #tiles: Tile[];
  readonly #changed = new Set<number>();

  /**
   * @param width pixels; a tile at the right or lower edge may exceed the image
   * @param height pixels
   */
  constructor(width: number, height: number, ground: Tile) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / TILE);
    this.rows = Math.ceil(height / TILE);
    this.#tiles = new Array<Tile>(this.columns * this.rows).fill(ground);
    for (let index = 0; index < this.#tiles.length; index++) this.#changed.add(index);
  }

  /** What lies outside the image is not drawn. */
  set(column: number, row: number, tile: Tile): void {
    if (column < 0 || column >= this.columns || row < 0 || row >= this.rows) return;
    const index = row * this.columns + column;
    if (this.#tiles[index] === tile) return;
    this.#tiles[index] = tile;
    this.#changed.add(index);
  }

  at(column: number, row: number): Tile {
    return this.#tiles[row * this.columns + column] as Tile;
  }

  /** Places changed since the last call, as `row * columns + column`. */
  takeChanged(): number[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }
}

/** Turns a scene into the bytes of a frame. */
export interface Canvas {
  readonly format: PixelFormat;
  /** Draws what has changed since the last call. Lends its own memory: valid until the next call. */
  render(): Uint8Array;
}
