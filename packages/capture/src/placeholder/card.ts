import { type Colour, TILE } from '../sources/pattern/tiles.js';
import { Sheet } from './sheet.js';

/** Dark, and a little blue: nobody takes it for a picture of a camera. */
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
 * Draws a card: a bar of colour, the title beside it, and below it other lines in smaller letters. Lines that are too
 * wide are broken between words. All of it stands on tiles, which are blocks of JPEG: so it is sharp, and small.
 * @param width pixels
 * @param height pixels
 * @returns owned
 */
export function drawCard(width: number, height: number, title: string, texts: readonly string[]): Sheet {
  const [columns, rows] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
  const scale = Math.max(1, Math.floor(Math.min(columns / COLUMNS_PER_SCALE, rows / ROWS_PER_SCALE)));
  const bar = Math.max(1, Math.floor(scale / 4));
  const left = Math.floor(columns / 10);
  const textLeft = left + bar + Math.ceil(scale / 2);
  const lines = layOut(title, texts, scale, Math.max(1, columns - textLeft));
  const blockRows = lines.reduce((sum, line) => sum + line.above + line.scale, 0);
  const top = Math.max(0, Math.floor((rows - blockRows) / 2));

  const sheet = new Sheet(width, height, GROUND);
  sheet.rectangle(left * TILE, top * TILE, bar * TILE, blockRows * TILE, ACCENT);
  let row = top;
  for (const { text, scale, ink, above } of lines) {
    row += above;
    sheet.write(text, textLeft * TILE, row * TILE, scale, ink);
    row += scale;
  }
  return sheet;
}

function layOut(title: string, texts: readonly string[], scale: number, room: number): Line[] {
  const small = Math.max(1, Math.floor(scale / 2));
  const gap = Math.max(1, Math.floor(small * 0.75));
  const titles = broken(title, Math.floor(room / scale)).map((text, i) => ({
    text,
    scale,
    ink: TITLE_INK,
    above: i === 0 ? 0 : gap,
  }));
  const others = texts
    .flatMap((text) => broken(text, Math.floor(room / small)))
    .map((text, i) => ({ text, scale: small, ink: i === 0 ? NAME_INK : TEXT_INK, above: i === 0 ? small + gap : gap }));
  return [...titles, ...others];
}

/** Lines of at most so many characters; a longer word has a line of its own, and is cut by the picture's edge. */
function broken(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
