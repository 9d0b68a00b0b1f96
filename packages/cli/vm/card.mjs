// Reads what a card says from its decoded pixels, as a person would: no word of ours about the state counts.
import { GLYPH_SIZE, glyphOf } from '../../capture/dist/sources/pattern/font.js';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const LARGEST_SCALE = 16;
/** Where the last card was read: the next one is alike, and looking everywhere takes long in an emulated machine. */
let known;

/**
 * The largest line of capital letters in a picture, or undefined where there is none: on a picture of a camera.
 * Letters are five by seven dots in cells of eight by eight, enlarged by a whole number, on tiles of eight pixels.
 */
export function readCard(picture) {
  const bright = brightnessOf(picture);
  const hinted = known && readLine(bright, known.scale, known.top);
  if (hinted) return hinted;
  for (let scale = LARGEST_SCALE; scale >= 1; scale--)
    for (let top = 0; top + GLYPH_SIZE * scale <= bright.height; top += GLYPH_SIZE) {
      const text = readLine(bright, scale, top);
      if (!text) continue;
      known = { scale, top };
      return text;
    }
  return undefined;
}

function brightnessOf({ width, height, rgb }) {
  const bits = new Uint8Array(width * height);
  for (let i = 0; i < bits.length; i++)
    bits[i] = 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2] > 140 ? 1 : 0;
  return { width, height, bits };
}

/** Looks for a first letter, and reads on to its right. Two letters make a line. */
function readLine(picture, scale, top) {
  const cell = GLYPH_SIZE * scale;
  for (let left = 0; left + 2 * cell <= picture.width; left += GLYPH_SIZE) {
    let text = '';
    for (let x = left; x + cell <= picture.width && !text.endsWith('  '); x += cell) {
      const letter = letterAt(picture, scale, x, top);
      if (letter === undefined || (text === '' && letter === ' ')) break;
      text += letter;
    }
    if (text.trim().length >= 2) return text.trim();
  }
  return undefined;
}

function letterAt({ width, bits }, scale, left, top) {
  const rows = new Uint8Array(GLYPH_SIZE);
  for (let y = 0; y < GLYPH_SIZE; y++)
    for (let x = 0; x < GLYPH_SIZE; x++)
      if (bits[(top + Math.floor((y + 0.5) * scale)) * width + left + Math.floor((x + 0.5) * scale)])
        rows[y] |= 0x80 >> x;
  if (rows.every((row) => row === 0)) return ' ';
  return LETTERS.find((letter) => glyphOf(letter).every((row, y) => row === rows[y]));
}
