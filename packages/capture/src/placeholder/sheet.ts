import { frameBytes, type PixelFormat, type PlaneLayout, planesOf } from '@framehub/frame';
import { GLYPH_SIZE, glyphOf } from '../sources/pattern/font.js';
import type { Colour } from '../sources/pattern/tiles.js';

type Planes = readonly [luma: PlaneLayout, cb: PlaneLayout, cr: PlaneLayout];

/**
 * A picture in YU12 on which rectangles and letters are drawn, in pixels; what lies outside is cut off.
 *
 * Lines are filled, not set pixel by pixel: a card is drawn by code that has hardly ever run, in the thread that all
 * cameras share (measured for the first of 1080p on a busy machine: 150 ms of it, and 20 so).
 */
export class Sheet {
  readonly format: PixelFormat;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #planes: Planes;

  constructor(width: number, height: number, ground: Colour) {
    // An odd width still needs whole chroma lines of half the stride.
    this.format = { fourcc: 'YU12', width, height, stride: width + (width & 1), range: 'full' };
    this.bytes = new Uint8Array(new SharedArrayBuffer(frameBytes(this.format)));
    this.#planes = planesOf(this.format) as Planes;
    this.rectangle(0, 0, width, height, ground);
  }

  /** All but width and height have to be even, for the chroma's sake. */
  rectangle(x: number, y: number, width: number, height: number, { y: luma, cb, cr }: Colour): void {
    const [lumaPlane, cbPlane, crPlane] = this.#planes;
    this.#fill(lumaPlane, x, y, width, height, luma);
    const half = [x / 2, y / 2, Math.ceil(width / 2), Math.ceil(height / 2)] as const;
    this.#fill(cbPlane, ...half, cb);
    this.#fill(crPlane, ...half, cr);
  }

  /**
   * Letters in the colour of what is below them.
   * @param dot pixels of each of a letter's 8 by 8 dots
   * @param ink luma
   */
  write(text: string, x: number, y: number, dot: number, ink: number): void {
    for (const [place, character] of [...text].entries())
      for (const [row, bits] of glyphOf(character).entries())
        for (const { from, length } of runsOf(bits))
          this.#fill(this.#planes[0], x + (place * GLYPH_SIZE + from) * dot, y + row * dot, length * dot, dot, ink);
  }

  #fill(plane: PlaneLayout, x: number, y: number, width: number, height: number, value: number): void {
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
