import type { Rendition, Size } from '@framehub/frame';

/** How many luma samples, across and down, share one chroma sample: 4:2:2 is 2 x 1. */
export interface Sampling {
  readonly x: number;
  readonly y: number;
}

/** Samples of one component in the kernels' memory, a byte each. */
export interface Plane {
  /** Address of the first sample in the kernels' memory. */
  readonly at: number;
  /** Bytes from one line to the next; a multiple of 16. */
  readonly stride: number;
  /** Samples. */
  readonly width: number;
  /** Lines. */
  readonly height: number;
  /** Bytes of its memory: the lines, and what a codec may read and write after them. */
  readonly bytes: number;
}

/** An image as full-range YCbCr (JFIF's: BT.601) in planes: Y, U and V, or Y alone for grey. */
export interface PlanarImage extends Size {
  /** Of the chroma planes; 1 x 1 for grey. */
  readonly sampling: Sampling;
  readonly planes: readonly Plane[];
}

export const SAMPLINGS = {
  '4:4:4': { x: 1, y: 1 },
  '4:2:2': { x: 2, y: 1 },
  '4:2:0': { x: 2, y: 2 },
} as const satisfies Record<string, Sampling>;

/**
 * One of the eight orientations of an image: transposed or not, then with source columns, source lines, or both in
 * reverse order. A pixel (x, y) of the result comes from
 *
 * - transposed: column `y`, line `x` of the source
 * - otherwise: column `x`, line `y`
 *
 * counted from the right if `mirrorX`, and from the bottom if `mirrorY`.
 */
export interface Orientation {
  readonly transpose: boolean;
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
}

/** The orientation that a rendition asks for: flipped first, then rotated clockwise. */
export function orientationOf({ rotate = 0, flip = 'none' }: Rendition): Orientation {
  const flipX = flip === 'horizontal' || flip === 'both';
  const flipY = flip === 'vertical' || flip === 'both';
  return {
    transpose: rotate === 90 || rotate === 270,
    mirrorX: flipX !== (rotate === 180 || rotate === 270),
    mirrorY: flipY !== (rotate === 90 || rotate === 180),
  };
}

/** Whether an orientation changes nothing. */
export function isUpright({ transpose, mirrorX, mirrorY }: Orientation): boolean {
  return !transpose && !mirrorX && !mirrorY;
}

/** The size after an orientation, given the one before it, or the reverse: both are the same swap. */
export function orientSize({ width, height }: Size, { transpose }: Orientation): Size {
  return transpose ? { width: height, height: width } : { width, height };
}

/** As {@link orientSize}, for a sampling. */
export function orientSampling({ x, y }: Sampling, { transpose }: Orientation): Sampling {
  return transpose ? { x: y, y: x } : { x, y };
}

/** A size scaled to a width: keeps the aspect ratio and an even number of lines, and never enlarges. */
export function sizeAtWidth(size: Size, width: number | undefined): Size {
  if (width === undefined || width >= size.width) return size;
  const height = 2 * Math.round((size.height * width) / size.width / 2);
  return { width, height: Math.max(2, Math.min(height, size.height)) };
}
