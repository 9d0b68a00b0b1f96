import { frameBytes, minimumStride, type PixelFormat, type PlaneLayout, planesOf } from '@framehub/frame';
import { type Canvas, type Scene, TILE, type Tile } from './scene.js';

/** Draws a tile with its upper left pixel at x, y; what sticks out of the image is cut off. */
type Brush = (x: number, y: number, tile: Tile) => void;

/** Makes the brush for one buffer, once: tiles are drawn without anything allocated for them. */
type BrushFor = (bytes: Uint8Array, planes: readonly PlaneLayout[]) => Brush;

/** Draws a scene in one of the raw formats. */
export class RawCanvas implements Canvas {
  readonly format: PixelFormat;
  readonly #scene: Scene;
  readonly #bytes: Uint8Array;
  readonly #brush: Brush;
  readonly #shade: (tile: Tile) => Tile;

  constructor(fourcc: string, scene: Scene) {
    const { width, height } = scene;
    const range = LIMITED.includes(fourcc) ? 'limited' : 'full';
    this.format = { fourcc, width, height, stride: strideOf(fourcc, width), range };
    this.#scene = scene;
    this.#bytes = new Uint8Array(frameBytes(this.format));
    this.#brush = (BRUSHES[fourcc] as BrushFor)(this.#bytes, planesOf(this.format));
    this.#shade = range === 'limited' ? limited : (tile) => tile;
  }

  render(): Uint8Array {
    const { columns } = this.#scene;
    for (const place of this.#scene.takeChanged()) {
      const column = place % columns;
      const row = (place - column) / columns;
      const tile = this.#shade(this.#scene.at(column, row));
      this.#brush(column * TILE, row * TILE, tile);
    }
    return this.#bytes;
  }
}

/** What cameras send by V4L2's defaults: YCbCr is limited, RGB full; grey ones use all of the range. */
const LIMITED: readonly string[] = ['YUYV', 'UYVY', 'NV12', 'YU12'];

/** An odd width of YU12 still needs whole chroma lines of half the stride. */
function strideOf(fourcc: string, width: number): number {
  const stride = minimumStride(fourcc, width);
  return fourcc === 'NV12' || fourcc === 'YU12' ? stride + (stride & 1) : stride;
}

function limited(tile: Tile): Tile {
  const limitedLuma = (y: number): number => Math.round(16 + (y * 219) / 255);
  const limitedChroma = (c: number): number => Math.round(128 + ((c - 128) * 224) / 255);
  return {
    rows: tile.rows,
    paper: limitedLuma(tile.paper),
    ink: limitedLuma(tile.ink),
    cb: limitedChroma(tile.cb),
    cr: limitedChroma(tile.cr),
  };
}

const packed422 =
  (lumaAt: number, cbAt: number): BrushFor =>
  (bytes, [plane]) =>
  (x, y, tile) => {
    if (!plane) return;
    const width = Math.min(TILE, plane.lineBytes / 2 - x);
    const lines = Math.min(TILE, plane.lines - y);
    for (let line = 0; line < lines; line++) {
      const bits = tile.rows[line] as number;
      let at = plane.offset + (y + line) * plane.stride + x * 2;
      for (let pixel = 0; pixel < width; pixel++, at += 2) {
        bytes[at + lumaAt] = bits & (0x80 >> pixel) ? tile.ink : tile.paper;
        bytes[at + cbAt] = pixel & 1 ? tile.cr : tile.cb;
      }
    }
  };

const luma: BrushFor =
  (bytes, [plane]) =>
  (x, y, tile) => {
    if (!plane) return;
    const width = Math.min(TILE, plane.lineBytes - x);
    const lines = Math.min(TILE, plane.lines - y);
    for (let line = 0; line < lines; line++) {
      const bits = tile.rows[line] as number;
      const at = plane.offset + (y + line) * plane.stride + x;
      for (let pixel = 0; pixel < width; pixel++) bytes[at + pixel] = bits & (0x80 >> pixel) ? tile.ink : tile.paper;
    }
  };

/** Fills a tile's part of a chroma plane, with the values of neighbouring bytes in turn: Cb and Cr, or one of them. */
const chroma =
  (bytes: Uint8Array, plane: PlaneLayout | undefined) => (x: number, y: number, values: readonly number[]) => {
    if (!plane) return;
    const step = values.length;
    const width = Math.min((TILE / 2) * step, plane.lineBytes - (x / 2) * step);
    const lines = Math.min(TILE / 2, plane.lines - y / 2);
    for (let line = 0; line < lines; line++) {
      const at = plane.offset + (y / 2 + line) * plane.stride + (x / 2) * step;
      for (let byte = 0; byte < width; byte++) bytes[at + byte] = values[byte % step] as number;
    }
  };

const nv12: BrushFor = (bytes, planes) => {
  const fillLuma = luma(bytes, planes);
  const fillChroma = chroma(bytes, planes[1]);
  return (x, y, tile) => {
    fillLuma(x, y, tile);
    fillChroma(x, y, [tile.cb, tile.cr]);
  };
};

const yu12: BrushFor = (bytes, planes) => {
  const fillLuma = luma(bytes, planes);
  const fillCb = chroma(bytes, planes[1]);
  const fillCr = chroma(bytes, planes[2]);
  return (x, y, tile) => {
    fillLuma(x, y, tile);
    fillCb(x, y, [tile.cb]);
    fillCr(x, y, [tile.cr]);
  };
};

const rgb =
  (order: readonly [number, number, number]): BrushFor =>
  (bytes, [plane]) =>
  (x, y, tile) => {
    if (!plane) return;
    const ink = rgbOf(tile.ink, tile.cb, tile.cr);
    const paper = rgbOf(tile.paper, tile.cb, tile.cr);
    const width = Math.min(TILE, plane.lineBytes / 3 - x);
    const lines = Math.min(TILE, plane.lines - y);
    for (let line = 0; line < lines; line++) {
      const bits = tile.rows[line] as number;
      let at = plane.offset + (y + line) * plane.stride + x * 3;
      for (let pixel = 0; pixel < width; pixel++, at += 3) {
        const colour = bits & (0x80 >> pixel) ? ink : paper;
        bytes[at + order[0]] = colour[0];
        bytes[at + order[1]] = colour[1];
        bytes[at + order[2]] = colour[2];
      }
    }
  };

/** Source: JFIF 1.02, conversion to RGB. */
function rgbOf(y: number, cb: number, cr: number): readonly [number, number, number] {
  const clamp = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
  return [
    clamp(y + 1.402 * (cr - 128)),
    clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
    clamp(y + 1.772 * (cb - 128)),
  ];
}

const BRUSHES: Readonly<Record<string, BrushFor>> = {
  YUYV: packed422(0, 1),
  UYVY: packed422(1, 0),
  NV12: nv12,
  YU12: yu12,
  GREY: luma,
  RGB3: rgb([0, 1, 2]),
  BGR3: rgb([2, 1, 0]),
};
