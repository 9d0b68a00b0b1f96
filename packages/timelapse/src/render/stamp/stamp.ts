import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphPixel } from './glyphs.js';

const LENGTH = 'YYYY-MM-DD HH:MM:SS'.length;
/** Pixels around the text, and from one character to the next. */
const BORDER = 2;
const PITCH = GLYPH_WIDTH + 1;

/** Pixels of a stamp as it is drawn; even, since chroma is of half the size. */
export const STAMP_WIDTH = even(LENGTH * PITCH + 2 * BORDER);
export const STAMP_HEIGHT = even(GLYPH_HEIGHT + 2 * BORDER);

/** Grey and opacity. */
const INK = [255, 255] as const;
const SHADE = [0, 128] as const;

/** Where stamps are in a film, in its pixels, and how many of these are one of the stamp's. */
export interface StampPlace {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The lower left corner, and a size that can be read from the same distance in small and large films. */
export function placeStamp(width: number, height: number): StampPlace {
  const wanted = Math.max(2, Math.round(height / 180));
  const zoom = Math.max(1, Math.min(wanted, Math.floor(width / STAMP_WIDTH)));
  const margin = Math.min(2 * zoom, even(Math.max(0, width - STAMP_WIDTH * zoom) / 2));
  return { x: margin, y: Math.max(0, height - STAMP_HEIGHT * zoom - margin), zoom };
}

/**
 * The time of capture as pixels of grey and opacity (ffmpeg's `ya8`). It is drawn here, because not every ffmpeg can
 * write, and not every machine has fonts.
 *
 * @param capturedAt Unix milliseconds; shown in local time
 */
export function drawStamp(capturedAt: number): Buffer {
  const text = stampText(capturedAt);
  const pixels = Buffer.alloc(STAMP_WIDTH * STAMP_HEIGHT * 2);
  for (let y = 0; y < STAMP_HEIGHT; y++) {
    for (let x = 0; x < STAMP_WIDTH; x++)
      pixels.set(isInk(text, x - BORDER, y - BORDER) ? INK : SHADE, (y * STAMP_WIDTH + x) * 2);
  }
  return pixels;
}

/** `2026-11-24 17:46:03`, local time. */
export function stampText(capturedAt: number): string {
  const time = new Date(capturedAt);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** Coordinates are of the text's upper left corner. */
function isInk(text: string, x: number, y: number): boolean {
  return x >= 0 && glyphPixel(text[Math.floor(x / PITCH)] ?? ' ', x % PITCH, y);
}

function even(value: number): number {
  return 2 * Math.ceil(value / 2);
}
