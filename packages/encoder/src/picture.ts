import type { Orientation } from './orientation.js';

/** How many luma samples, across and down, share one chroma sample: 4:2:2 is 2 x 1. */
export interface Sampling {
  readonly x: number;
  readonly y: number;
}

/** Samples of one kind in the kernels' memory, a byte each. */
export interface Plane {
  /** Address of the first sample in the kernels' memory. */
  readonly at: number;
  /** Bytes from one line to the next; a multiple of 16. */
  readonly stride: number;
  /** Samples. */
  readonly width: number;
  /** Lines. */
  readonly height: number;
  /** Of its memory: the lines, and what a codec may read and write behind them. */
  readonly bytes: number;
}

/** Full-range YCbCr (JFIF's: BT.601) in planes: Y, U and V, or Y alone for grey. */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Of the chroma planes; 1 x 1 for grey. */
  readonly sampling: Sampling;
  readonly planes: readonly Plane[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const SAMPLINGS = {
  '4:4:4': { x: 1, y: 1 },
  '4:2:2': { x: 2, y: 1 },
  '4:2:0': { x: 2, y: 2 },
} as const satisfies Record<string, Sampling>;

/** Size and sampling as they are before a turn, given those after it, and the other way round: both are the same swap. */
export function sizeTurned({ width, height }: Size, { transpose }: Orientation): Size {
  return transpose ? { width: height, height: width } : { width, height };
}

export function samplingTurned({ x, y }: Sampling, { transpose }: Orientation): Sampling {
  return transpose ? { x: y, y: x } : { x, y };
}

/** The size of a picture scaled to a width: keeps the aspect ratio, an even number of lines, and never enlarges. */
export function sizeAtWidth(size: Size, width: number | undefined): Size {
  if (width === undefined || width >= size.width) return size;
  const height = 2 * Math.round((size.height * width) / size.width / 2);
  return { width, height: Math.max(2, Math.min(height, size.height)) };
}
