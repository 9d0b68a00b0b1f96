import type { Size } from '@framehub/frame';
import type { Kernels } from './kernels.js';
import {
  isUpright,
  type Orientation,
  orientSampling,
  orientSize,
  type PlanarImage,
  type Plane,
  type Sampling,
} from './planar-image.js';

/** Bytes of a weight table's entry before its weights: `u32 first, u32 count`. */
const ENTRY_HEADER_BYTES = 8;

/**
 * Flips and rotates an image. Returns the image itself if the orientation changes nothing. A quarter turn of 4:2:2
 * gives 4:4:0: no sample is lost.
 */
export function orient(kernels: Kernels, image: PlanarImage, orientation: Orientation): PlanarImage {
  if (isUpright(orientation)) return image;
  const size = orientSize(image, orientation);
  const sampling = orientSampling(image.sampling, orientation);
  const planes = kernels.planes(size, sampling, image.planes.length);
  for (const [i, plane] of planes.entries()) orientPlane(kernels, image.planes[i] as Plane, plane, orientation);
  return { ...size, sampling, planes };
}

function orientPlane({ run }: Kernels, source: Plane, result: Plane, orientation: Orientation): void {
  const { transpose, mirrorX, mirrorY } = orientation;
  const from = linesOf(source, mirrorY);
  // Source columns are the lines of a transposed result: a negative stride reverses them.
  const to = linesOf(result, transpose && mirrorX);
  const kernel = transpose ? run.transpose : mirrorX ? run.mirror : run.copyLines;
  kernel(from.at, from.stride, to.at, to.stride, source.width, source.height);
}

/** Address of a plane's first line and distance to the next, from the top or from the bottom. */
function linesOf({ at, stride, height }: Plane, reverse: boolean): { at: number; stride: number } {
  return reverse ? { at: at + stride * (height - 1), stride: -stride } : { at, stride };
}

/**
 * Brings an image to another size, another chroma sampling, or both. Planes that do not change are shared with the
 * source. Reduces by averaging; chroma that becomes finer is repeated.
 */
export function resample(kernels: Kernels, image: PlanarImage, size: Size, sampling: Sampling): PlanarImage {
  const planes = image.planes.map((source, i) => {
    const isChroma = i > 0;
    // Steps come from the whole image, not from the plane: an odd size has half a chroma sample too many.
    const stepX = (image.width / size.width) * (isChroma ? sampling.x / image.sampling.x : 1);
    const stepY = (image.height / size.height) * (isChroma ? sampling.y / image.sampling.y : 1);
    if (stepX === 1 && stepY === 1) return source;
    const result = kernels.plane(size, sampling, i);
    scalePlane(kernels, source, result, { stepX, stepY });
    return result;
  });
  return { ...size, sampling, planes };
}

/** @param steps source samples per result sample */
function scalePlane(kernels: Kernels, source: Plane, result: Plane, steps: { stepX: number; stepY: number }): void {
  const columns = weightTable(kernels, source.width, result.width, steps.stepX);
  const lines = weightTable(kernels, source.height, result.height, steps.stepY);
  const row = kernels.allocate(2 * (source.width + 16));
  kernels.run.scale(
    source.at,
    source.stride,
    source.width,
    result.at,
    result.stride,
    result.width,
    result.height,
    columns.at,
    columns.entryBytes,
    lines.at,
    lines.entryBytes,
    row,
  );
}

function weightTable(kernels: Kernels, sourceCount: number, resultCount: number, step: number) {
  // A result sample covers at most two more source samples than fit into it; entries are aligned to four bytes.
  const entryBytes = ENTRY_HEADER_BYTES + 4 * Math.ceil((Math.ceil(step) + 2) / 2);
  const at = kernels.allocate(entryBytes * resultCount);
  kernels.run.weigh(at, entryBytes, sourceCount, resultCount, step);
  return { at, entryBytes };
}
