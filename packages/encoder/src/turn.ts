import type { Kernels } from './kernels.js';
import { isUpright, type Orientation } from './orientation.js';
import { type Picture, type Plane, samplingTurned, sizeTurned } from './picture.js';

/**
 * A picture flipped and rotated; the very same where nothing is to be done. A quarter turn of 4:2:2 gives 4:4:0: no
 * sample is lost.
 */
export function turn(kernels: Kernels, picture: Picture, orientation: Orientation): Picture {
  if (isUpright(orientation)) return picture;
  const size = sizeTurned(picture, orientation);
  const sampling = samplingTurned(picture.sampling, orientation);
  const planes = kernels.planes(size, sampling, picture.planes.length);
  for (const [i, plane] of planes.entries()) turnPlane(kernels, picture.planes[i] as Plane, plane, orientation);
  return { ...size, sampling, planes };
}

function turnPlane({ run }: Kernels, source: Plane, result: Plane, { transpose, mirrorX, mirrorY }: Orientation): void {
  const from = linesOf(source, mirrorY);
  // Source columns are the lines of a transposed result, so running backwards through them is a matter of its stride.
  const to = linesOf(result, transpose && mirrorX);
  const kernel = transpose ? run.transpose : mirrorX ? run.mirror : run.copyLines;
  kernel(from.at, from.stride, to.at, to.stride, source.width, source.height);
}

/** Where a plane's lines start and how far the next one is, from the top or from the bottom. */
function linesOf({ at, stride, height }: Plane, backwards: boolean): { at: number; stride: number } {
  return backwards ? { at: at + stride * (height - 1), stride: -stride } : { at, stride };
}
