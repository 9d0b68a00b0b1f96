import type { Rendition } from '@framehub/frame';

/**
 * One of the eight ways to lay a picture down: a transposition or none, after which source columns, source lines, or
 * both run backwards. A pixel (x, y) of the result comes from
 *
 * - transposed: column `y`, line `x` of the source
 * - otherwise: column `x`, line `y`
 *
 * counted from the right where `mirrorX`, and from the bottom where `mirrorY`.
 */
export interface Orientation {
  readonly transpose: boolean;
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
}

/** The turn that a rendition asks for: flipped first, rotated clockwise after. */
export function orientationOf({ rotate = 0, flip = 'none' }: Rendition): Orientation {
  const flipX = flip === 'horizontal' || flip === 'both';
  const flipY = flip === 'vertical' || flip === 'both';
  return {
    transpose: rotate === 90 || rotate === 270,
    mirrorX: flipX !== (rotate === 180 || rotate === 270),
    mirrorY: flipY !== (rotate === 90 || rotate === 180),
  };
}

/** True when the picture stays as it is. */
export function isUpright({ transpose, mirrorX, mirrorY }: Orientation): boolean {
  return !transpose && !mirrorX && !mirrorY;
}
