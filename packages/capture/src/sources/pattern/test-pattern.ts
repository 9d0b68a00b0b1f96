import { type Colour, Scene, TILE, type Tile, Tiles } from './scene.js';

/** What of the test pattern can be chosen. */
export interface Look {
  /** The luma shown for a luma drawn; both 0 to 255. */
  readonly shade: (luma: number) => number;
  /** Colour bars, or one grey of this luma. */
  readonly ground: 'bars' | number;
  /** Pixels a frame. */
  readonly ballSpeed: number;
  readonly title: string;
}

export const DEFAULT_LOOK: Look = {
  shade: (luma) => luma,
  ground: 'bars',
  ballSpeed: 4,
  title: 'framehub test pattern',
};

const BITS = 32;
const LARGE_CELL = 2 * TILE;
/** Lines of image that the cells fill, from the top. */
const NUMBER_LINES = 16;

const grey = (y: number): Colour => ({ y, cb: 128, cr: 128 });
const BLACK = grey(0);
const WHITE = grey(255);
const PANEL = grey(32);
const LANE = grey(20);
const TEXT = 240;
const BALL = 235;

/** Bars of 75 % saturation: white, yellow, cyan, green, magenta, red, blue. Source: ITU-R BT.601 matrix, full range. */
const BARS: readonly Colour[] = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
].map(([r = 0, g = 0, b = 0]) => ({
  y: Math.round(0.299 * r + 0.587 * g + 0.114 * b),
  cb: Math.round(128 - 0.168736 * r - 0.331264 * g + 0.5 * b),
  cr: Math.round(128 + 0.5 * r - 0.418688 * g - 0.081312 * b),
}));

/**
 * The test pattern: the frame's number as cells along the top (see readFrameNumber), colour bars with a panel of
 * text on them, a bouncing ball, and bars that run along the bottom.
 */
export class TestPattern {
  readonly scene: Scene;
  readonly #tiles: Tiles;
  readonly #bars: readonly Tile[];
  /** For machines, so the look must not touch them. */
  readonly #bits: readonly [zero: Tile, one: Tile];
  readonly #barsEnd: number;
  readonly #laneEnd: number;
  readonly #lines: readonly [name: string, details: string];
  readonly #look: Look;

  constructor(
    width: number,
    height: number,
    lines: readonly [name: string, details: string],
    look: Partial<Look> = DEFAULT_LOOK,
  ) {
    this.#look = { ...DEFAULT_LOOK, ...look };
    const { shade, ground } = this.#look;
    this.#tiles = new Tiles(shade);
    this.#bars = (ground === 'bars' ? BARS : [grey(ground)]).map((colour) => this.#tiles.flat(colour));
    const plain = new Tiles(DEFAULT_LOOK.shade);
    this.#bits = [plain.flat(BLACK), plain.flat(WHITE)];
    this.#lines = lines;
    this.scene = new Scene(width, height, this.#tiles.flat(BLACK));
    const { rows, columns } = this.scene;
    // The first two rows are the number's, however small the image.
    this.#barsEnd = Math.max(2, Math.floor(rows * 0.66));
    this.#laneEnd = Math.max(this.#barsEnd, Math.floor(rows * 0.9));
    for (let row = 2; row < this.#barsEnd; row++)
      for (let column = 0; column < columns; column++) this.scene.set(column, row, this.#bar(column));
  }

  /** @param time Unix milliseconds, shown as local time */
  draw(number: number, time: number): void {
    this.#drawNumber(number);
    this.#drawPanel(number, time);
    this.#drawBall(number);
    this.#drawRunningBars(number);
  }

  #bar(column: number): Tile {
    return this.#bars[Math.floor((column * this.#bars.length) / this.scene.columns)] as Tile;
  }

  #drawNumber(number: number): void {
    const { count, size } = numberCells(this.scene.width);
    const tilesPerCell = size / TILE;
    for (let column = 0; column < count * tilesPerCell; column++) {
      const bit = count - 1 - Math.floor(column / tilesPerCell);
      const tile = this.#bits[(Math.floor(number / 2 ** bit) % 2) as 0 | 1];
      this.scene.set(column, 0, tile);
      this.scene.set(column, 1, tile);
    }
  }

  #drawPanel(number: number, time: number): void {
    const { columns } = this.scene;
    const { title } = this.#look;
    const texts = ['', title, this.#lines[0], clockText(time), `frame ${number}`, this.#lines[1]];
    const widest = Math.max(...texts.map((text) => text.length), DEFAULT_LOOK.title.length + 2);
    // As large as leaves the bars in sight at both sides; at small sizes lines are cut.
    const barRows = this.#barsEnd - 2;
    const scale = Math.max(1, Math.min(Math.floor((columns * 0.8) / widest), Math.floor(barRows / (2 * texts.length))));
    const lineRows = scale + Math.ceil(scale / 2);
    const width = Math.min(columns, widest * scale);
    const left = Math.floor((columns - width) / 2);
    const top = 2 + Math.max(0, Math.floor((barRows - texts.length * lineRows) / 2));
    texts.forEach((text, line) => {
      const shown = text.slice(0, Math.floor(width / scale));
      const padded = shown.padStart(Math.floor((widest + shown.length) / 2)).padEnd(widest);
      this.#drawText(padded, left, top + line * lineRows, scale);
    });
  }

  /** A line of text on the panel's colour, with the panel below it up to the next line. */
  #drawText(text: string, left: number, top: number, scale: number): void {
    const paper = this.#tiles.flat(PANEL);
    const end = left + Math.min(this.scene.columns, text.length * scale);
    for (let gap = 0; gap < Math.ceil(scale / 2); gap++)
      for (let column = left; column < end; column++) this.#setInBars(column, top + scale + gap, paper);
    [...text].forEach((character, place) => {
      const glyph = this.#tiles.glyph(character, scale, PANEL, TEXT);
      glyph.forEach((tile, i) => {
        const column = left + place * scale + (i % scale);
        if (column < end) this.#setInBars(column, top + Math.floor(i / scale), tile);
      });
    });
  }

  #setInBars(column: number, row: number, tile: Tile): void {
    if (row < this.#barsEnd) this.scene.set(column, row, tile);
  }

  /** It moves by whole pixels, and bounces once in its own height's worth of frames. */
  #drawBall(number: number): void {
    const { width, columns } = this.scene;
    const top = this.#barsEnd * TILE;
    const height = (this.#laneEnd - this.#barsEnd) * TILE;
    const radius = Math.max(3, Math.floor(Math.min(height, width) / 6));
    const way = Math.max(1, width - 2 * radius);
    const x = radius + zigzag(number * this.#look.ballSpeed, way);
    const hop = Math.abs(Math.sin(number / 12));
    const y = top + height - radius - 1 - Math.round(hop * Math.max(0, height - 2 * radius - 2));
    const lane = this.#tiles.flat(LANE);
    for (let row = this.#barsEnd; row < this.#laneEnd; row++) {
      for (let column = 0; column < columns; column++) {
        const near = Math.abs(column * TILE + 4 - x) <= radius + TILE && Math.abs(row * TILE + 4 - y) <= radius + TILE;
        this.scene.set(column, row, near ? this.#discTile(column * TILE - x, row * TILE - y, radius) : lane);
      }
    }
  }

  /** The part of a disc that falls on a tile. @param left of the tile, from the disc's centre @param top likewise */
  #discTile(left: number, top: number, radius: number): Tile {
    const rows = new Uint8Array(TILE);
    for (let y = 0; y < TILE; y++) {
      let bits = 0;
      for (let x = 0; x < TILE; x++) if ((left + x) ** 2 + (top + y) ** 2 <= radius * radius) bits |= 0x80 >> x;
      rows[y] = bits;
    }
    return this.#tiles.bitmap(rows, LANE, BALL);
  }

  #drawRunningBars(number: number): void {
    const { columns, rows } = this.scene;
    for (let column = 0; column < columns; column++) {
      const tile = this.#bar((column + number) % columns);
      for (let row = this.#laneEnd; row < rows; row++) this.scene.set(column, row, tile);
    }
  }
}

/** Runs from 0 to `end` and back again. */
function zigzag(steps: number, end: number): number {
  const place = steps % (2 * end);
  return place <= end ? place : 2 * end - place;
}

function clockText(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

/**
 * How an image of the pattern carries its frame's sequence for machines: as a row of square cells along its top,
 * white for 1 and black for 0, high bit first. 32 cells of 16 pixels; narrow images have cells 8 pixels wide,
 * and the narrowest leave out high bits.
 */
function numberCells(width: number): { readonly count: number; readonly size: number } {
  if (width >= BITS * LARGE_CELL) return { count: BITS, size: LARGE_CELL };
  return { count: Math.min(BITS, Math.ceil(width / TILE)), size: TILE };
}

/**
 * Reads the frame number from an image of the pattern.
 * @param luma of a pixel, 0 to 255
 * @param width of the image, pixels
 */
export function readFrameNumber(luma: (x: number, y: number) => number, width: number): number {
  const { count, size } = numberCells(width);
  let number = 0;
  for (let cell = 0; cell < count; cell++) {
    const x = Math.min(width - 1, cell * size + size / 2);
    number = number * 2 + (luma(x, NUMBER_LINES / 2) > 127 ? 1 : 0);
  }
  return number;
}
