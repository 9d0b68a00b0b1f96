import { TILE } from './tiles.js';

const BITS = 32;
const LARGE_CELL = 2 * TILE;
/** Lines of picture that the cells fill, from the top. */
export const NUMBER_LINES = 16;

/**
 * How a picture of the pattern carries its frame's sequence for machines: as a row of square cells along its top,
 * white for 1 and black for 0, high bit first. 32 cells of 16 pixels; narrow pictures have cells 8 pixels wide,
 * and the narrowest leave out high bits.
 */
export function numberCells(width: number): { readonly count: number; readonly size: number } {
  if (width >= BITS * LARGE_CELL) return { count: BITS, size: LARGE_CELL };
  return { count: Math.min(BITS, Math.ceil(width / TILE)), size: TILE };
}

/**
 * Reads the frame number from a picture of the pattern.
 * @param luma of a pixel, 0 to 255
 * @param width of the picture, pixels
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
