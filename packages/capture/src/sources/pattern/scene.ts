import { TILE, type Tile } from './tiles.js';

/** A picture made of tiles that remembers which of them have changed. */
export class Scene {
  readonly columns: number;
  readonly rows: number;
  readonly #tiles: Tile[];
  readonly #changed = new Set<number>();

  /**
   * @param width pixels; a tile at the right or lower edge may stick out
   * @param height pixels
   */
  constructor(
    readonly width: number,
    readonly height: number,
    ground: Tile,
  ) {
    this.columns = Math.ceil(width / TILE);
    this.rows = Math.ceil(height / TILE);
    this.#tiles = new Array<Tile>(this.columns * this.rows).fill(ground);
    for (let index = 0; index < this.#tiles.length; index++) this.#changed.add(index);
  }

  /** What lies outside the picture is not drawn. */
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
