import { type PixelFormat, planesOf, type RawFrame } from '@framehub/frame';
import { GLYPH_SIZE, glyphOf } from '../sources/pattern/font.js';
import { TILE } from '../sources/pattern/scene.js';

const CHARACTERS = [...' ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:.-_/'];
const BRIGHT = 100;
const LARGEST = 16;

/** A line of text that was found in an image. */
export interface ReadLine {
  readonly text: string;
  /** Pixels for each dot of a letter. */
  readonly scale: number;
}

/** Reads a placeholder's pixels, dot by dot: its lines from top to bottom. They begin beside the bar that is left of them. */
export function readPlaceholder(bytes: Uint8Array, format: PixelFormat): ReadLine[] {
  const [luma] = planesOf(format);
  if (!luma) throw new Error(`no image in ${format.fourcc}`);
  const { width, height } = format;
  const isBright: Bright = (x, y) =>
    x < width && y < height && (bytes[luma.offset + y * luma.stride + x] ?? 0) > BRIGHT;
  const tiles = (pixels: number): number[] => Array.from({ length: Math.ceil(pixels / TILE) }, (_, i) => i * TILE);

  const bar = tiles(width).find((x) => tiles(height).some((y) => isBright(x, y))) ?? 0;
  const top = tiles(height).find((y) => isBright(bar, y)) ?? 0;
  const afterBar = tiles(width).find((x) => x > bar && !isBright(x, top)) ?? width;
  for (let left = afterBar; left < width; left += TILE) {
    if (!lineAt(isBright, width, left, top)) continue;
    const lines: ReadLine[] = [];
    for (let y = top; y < height; ) {
      const line = lineAt(isBright, width, left, y);
      if (line) lines.push(line);
      y += line ? line.scale * GLYPH_SIZE : TILE;
    }
    return lines;
  }
  return [];
}

export function readFrame(frame: RawFrame): ReadLine[] {
  const lease = frame.lease();
  if (!lease) throw new Error('a placeholder is never overwritten');
  const lines = readPlaceholder(lease.bytes, frame.format);
  lease.release();
  return lines;
}

type Bright = (x: number, y: number) => boolean;

function lineAt(isBright: Bright, width: number, left: number, top: number): ReadLine | undefined {
  for (let scale = LARGEST; scale >= 1; scale--) {
    let text = '';
    for (let x = left; x + scale * GLYPH_SIZE <= width; x += scale * GLYPH_SIZE) {
      const character = characterAt(isBright, scale, x, top);
      if (character === undefined || (text === '' && character === ' ')) break;
      text += character;
    }
    if (text.trim().length >= 2) return { text: text.trim(), scale };
  }
  return undefined;
}

function characterAt(isBright: Bright, scale: number, left: number, top: number): string | undefined {
  const rows = Array.from({ length: GLYPH_SIZE }, (_, row) => {
    let bits = 0;
    for (let column = 0; column < GLYPH_SIZE; column++)
      if (isBright(left + column * scale, top + row * scale)) bits |= 0x80 >> column;
    return bits;
  });
  const found = CHARACTERS.find((character) => glyphOf(character).every((row, y) => row === rows[y]));
  if (found === undefined || found === ' ') return found;
  for (let y = 0; y < scale * GLYPH_SIZE; y++)
    for (let x = 0; x < scale * GLYPH_SIZE; x++) {
      const dot = ((rows[Math.floor(y / scale)] ?? 0) & (0x80 >> Math.floor(x / scale))) !== 0;
      if (isBright(left + x, top + y) !== dot) return undefined;
    }
  return found;
}
