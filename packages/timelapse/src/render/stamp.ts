/** The rows, from the top, of the characters of a time. */
const GLYPHS: Readonly<Record<string, readonly string[]>> = {
  '0': [' ### ', '#   #', '#  ##', '# # #', '##  #', '#   #', ' ### '],
  '1': ['  #  ', ' ##  ', '  #  ', '  #  ', '  #  ', '  #  ', ' ### '],
  '2': [' ### ', '#   #', '    #', '   # ', '  #  ', ' #   ', '#####'],
  '3': ['#####', '   # ', '  #  ', '   # ', '    #', '#   #', ' ### '],
  '4': ['   # ', '  ## ', ' # # ', '#  # ', '#####', '   # ', '   # '],
  '5': ['#####', '#    ', '#### ', '    #', '    #', '#   #', ' ### '],
  '6': ['  ## ', ' #   ', '#    ', '#### ', '#   #', '#   #', ' ### '],
  '7': ['#####', '    #', '   # ', '  #  ', ' #   ', ' #   ', ' #   '],
  '8': [' ### ', '#   #', '#   #', ' ### ', '#   #', '#   #', ' ### '],
  '9': [' ### ', '#   #', '#   #', ' ####', '    #', '   # ', ' ##  '],
  '-': ['     ', '     ', '     ', '#####', '     ', '     ', '     '],
  ':': ['     ', '  #  ', '  #  ', '     ', '  #  ', '  #  ', '     '],
  ' ': ['     ', '     ', '     ', '     ', '     ', '     ', '     '],
};
export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;

const LENGTH = 'YYYY-MM-DD HH:MM:SS'.length;
/** Pixels around the text, and from one character to the next. */
const BORDER = 2;
const PITCH = GLYPH_WIDTH + 1;

/** Pixels of a drawn stamp, not enlarged; even, since chroma has half the size. */
export const STAMP_WIDTH = even(LENGTH * PITCH + 2 * BORDER);
export const STAMP_HEIGHT = even(GLYPH_HEIGHT + 2 * BORDER);

/** Grey and opacity. */
const INK = [255, 255] as const;
const SHADE = [0, 128] as const;

/** Where stamps are in a film, and how many of its pixels one of the stamp's is wide and high. */
export interface StampPlace {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The lower left corner, and a size that can be read from the same distance in small and large films. */
export function placeStamp(width: number, height: number): StampPlace {
  const best = Math.max(2, Math.round(height / 180));
  const zoom = Math.max(1, Math.min(best, Math.floor(width / STAMP_WIDTH)));
  const margin = Math.min(2 * zoom, even(Math.max(0, width - STAMP_WIDTH * zoom) / 2));
  return { x: margin, y: Math.max(0, height - STAMP_HEIGHT * zoom - margin), zoom };
}

/**
 * Draws the time of capture as pixels of grey and opacity (ffmpeg's `ya8`). Not every ffmpeg can draw text, and not every
 * machine has fonts.
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

/** Coordinates start at the text's upper left corner. */
function isInk(text: string, x: number, y: number): boolean {
  return x >= 0 && isGlyphPixel(text[Math.floor(x / PITCH)] ?? ' ', x % PITCH, y);
}

/** Whether the pixel of a character is set. Characters that times do not have are blank. */
export function isGlyphPixel(character: string, x: number, y: number): boolean {
  return GLYPHS[character]?.[y]?.[x] === '#';
}

function even(value: number): number {
  return 2 * Math.ceil(value / 2);
}
