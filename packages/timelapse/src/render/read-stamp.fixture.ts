import { GLYPH_HEIGHT, GLYPH_WIDTH, isGlyphPixel, type StampPlace } from './stamp.js';

/** Reads a stamp from a grey frame: each character is the one with the most equal pixels. */
export function readStamp(grey: Uint8Array, width: number, { x: left, y: top, zoom }: StampPlace): string {
  const inkAt = (x: number, y: number) => {
    const [column, row] = [left + Math.floor((x + 0.5) * zoom), top + Math.floor((y + 0.5) * zoom)];
    return (grey[row * width + column] ?? 0) > 170;
  };
  return Array.from({ length: 19 }, (_, place) => {
    const scores = [...'0123456789-: '].map((character) => {
      let same = 0;
      for (let y = 0; y < GLYPH_HEIGHT; y++)
        for (let x = 0; x < GLYPH_WIDTH; x++)
          if (inkAt(2 + place * 6 + x, 2 + y) === isGlyphPixel(character, x, y)) same += 1;
      return { character, same };
    });
    return scores.reduce((best, score) => (score.same > best.same ? score : best)).character;
  }).join('');
}
