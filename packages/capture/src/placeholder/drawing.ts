import { frameBytes, type PixelFormat, type PlaneLayout, planesOf } from '@framehub/frame';
import { GLYPH_SIZE, glyphOf } from '../sources/pattern/font.js';
import { type Colour, TILE } from '../sources/pattern/scene.js';

/** Dark, and a little blue, so that it does not look like a camera's image. */
const GROUND: Colour = { y: 22, cb: 134, cr: 124 };
const ACCENT: Colour = { y: 172, cb: 65, cr: 171 };
const TITLE_INK = 236;
const NAME_INK = 208;
const TEXT_INK = 158;

/** Columns of tiles for each tile of the title's height: the longest title fits, with margins. */
const COLUMNS_PER_SCALE = 20;
const ROWS_PER_SCALE = 10;

interface Line {
  readonly text: string;
  /** Of a letter, in tiles. */
  readonly scale: number;
  readonly ink: number;
  /** Rows of tiles left free above it. */
  readonly above: number;
}

/**
 * Draws a placeholder: a bar of colour, the title beside it, and below it other lines in smaller letters. Lines that are too
 * wide are broken between words. All of it stands on tiles, which are blocks of JPEG: so it is sharp, and small.
 * @param width pixels
 * @param height pixels
 * @returns owned
 */
export function drawPlaceholder(width: number, height: number, title: string, texts: readonly string[]): Drawing {
  const [columns, rows] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const titleScale = Math.max(1, Math.floor(Math.min(columns / COLUMNS_PER_SCALE, rows / ROWS_PER_SCALE)));
  const bar = Math.max(1, Math.floor(titleScale / 4));
  const left = Math.floor(columns / 10);
  const textLeft = left + bar + Math.ceil(titleScale / 2);
  const lines = layOut(title, texts, titleScale, Math.max(1, columns - textLeft));
  const blockRows = lines.reduce((sum, line) => sum + line.above + line.scale, 0);
  const top = Math.max(0, Math.floor((rows - blockRows) / 2));

  const drawing = new Drawing(width, height, GROUND);
  drawing.rectangle({ x: left * TILE, y: top * TILE, width: bar * TILE, height: blockRows * TILE }, ACCENT);
  let row = top;
  for (const { text, scale, ink, above } of lines) {
    row += above;
    drawing.write(text, { x: textLeft * TILE, y: row * TILE, dot: scale, ink });
    row += scale;
  }
  return drawing;
}

function layOut(title: string, texts: readonly string[], scale: number, room: number): Line[] {
  const small = Math.max(1, Math.floor(scale / 2));
  const gap = Math.max(1, Math.floor(small * 0.75));
  const titles = wrapped(title, Math.floor(room / scale)).map((text, i) => ({
    text,
    scale,
    ink: TITLE_INK,
    above: i === 0 ? 0 : gap,
  }));
  const others = texts
    .flatMap((text) => wrapped(text, Math.floor(room / small)))
    .map((text, i) => ({ text, scale: small, ink: i === 0 ? NAME_INK : TEXT_INK, above: i === 0 ? small + gap : gap }));
  return [...titles, ...others];
}

/** Lines of at most so many characters; a longer word has a line of its own, and is cut by the image's edge. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Lettering {
  /** Left edge of the first letter, pixels. */
  readonly x: number;
  /** Upper edge, pixels. */
  readonly y: number;
  /** Pixels of each of a letter's 8 by 8 dots. */
  readonly dot: number;
  /** Luma. */
  readonly ink: number;
}

type Planes = readonly [luma: PlaneLayout, cb: PlaneLayout, cr: PlaneLayout];

/**
 * An image in YU12 on which rectangles and letters are drawn, in pixels; what lies outside is cut off.
 *
 * Lines are filled, not set pixel by pixel: a placeholder is drawn by code that is seldom run, on the thread that all
 * cameras share (measured for the first of 1080p on a busy machine: 150 ms of it, and 20 so).
 */
class Drawing {
  readonly format: PixelFormat;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #planes: Planes;

  constructor(width: number, height: number, ground: Colour) {
    // An odd width still needs whole chroma lines of half the stride.
    this.format = { fourcc: 'YU12', width, height, stride: width + (width & 1), range: 'full' };
    this.bytes = new Uint8Array(new SharedArrayBuffer(frameBytes(this.format)));
    this.#planes = planesOf(this.format) as Planes;
    this.rectangle({ x: 0, y: 0, width, height }, ground);
  }

  /** All but width and height have to be even, for the chroma's sake. */
  rectangle(area: Rectangle, { y: luma, cb, cr }: Colour): void {
    const [lumaPlane, cbPlane, crPlane] = this.#planes;
    this.#fill(lumaPlane, area, luma);
    const { x, y, width, height } = area;
    const half = { x: x / 2, y: y / 2, width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
    this.#fill(cbPlane, half, cb);
    this.#fill(crPlane, half, cr);
  }

  /** Letters in the colour of what is below them. */
  write(text: string, { x, y, dot, ink }: Lettering): void {
    for (const [place, character] of [...text].entries())
      for (const [row, bits] of glyphOf(character).entries())
        for (const { from, length } of runsOf(bits))
          this.#fill(
            this.#planes[0],
            { x: x + (place * GLYPH_SIZE + from) * dot, y: y + row * dot, width: length * dot, height: dot },
            ink,
          );
  }

  #fill(plane: PlaneLayout, { x, y, width, height }: Rectangle, value: number): void {
    const end = Math.min(x + width, plane.lineBytes);
    if (end <= x) return;
    for (let line = y; line < Math.min(y + height, plane.lines); line++) {
      const start = plane.offset + line * plane.stride;
      this.bytes.fill(value, start + x, start + end);
    }
  }
}

/** Neighbouring dots of a glyph's row that are set; bit 7 is the leftmost. */
function runsOf(bits: number): { readonly from: number; readonly length: number }[] {
  const dots = bits.toString(2).padStart(GLYPH_SIZE, '0');
  return [...dots.matchAll(/1+/g)].map(({ index, 0: run }) => ({ from: index, length: run.length }));
}
