import type { Kernels } from './kernels.js';
import type { Picture, Plane, Sampling, Size } from './picture.js';

/** Of a table's entry, before its weights: `u32 first, u32 count`. */
const ENTRY_HEAD = 8;

/**
 * A picture in another size, another chroma sampling, or both; planes that do not change are the very same.
 * Makes smaller by averaging; chroma that becomes finer is repeated.
 */
export function resample(kernels: Kernels, picture: Picture, size: Size, sampling: Sampling): Picture {
  const planes = picture.planes.map((source, i) => {
    const chroma = i > 0;
    // Steps come from the whole picture, not from the plane: an odd size has half a chroma sample too many.
    const stepX = (picture.width / size.width) * (chroma ? sampling.x / picture.sampling.x : 1);
    const stepY = (picture.height / size.height) * (chroma ? sampling.y / picture.sampling.y : 1);
    if (stepX === 1 && stepY === 1) return source;
    const result = kernels.plane(size, sampling, i);
    scalePlane(kernels, source, result, stepX, stepY);
    return result;
  });
  return { ...size, sampling, planes };
}

function scalePlane(kernels: Kernels, source: Plane, result: Plane, stepX: number, stepY: number): void {
  const columns = weigh(kernels, source.width, result.width, stepX);
  const lines = weigh(kernels, source.height, result.height, stepY);
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

function weigh(kernels: Kernels, sourceCount: number, resultCount: number, step: number) {
  // A result sample lies over two more source samples than fit into it, at most; entries stay on four bytes.
  const entryBytes = ENTRY_HEAD + 4 * Math.ceil((Math.ceil(step) + 2) / 2);
  const at = kernels.allocate(entryBytes * resultCount);
  kernels.run.weigh(at, entryBytes, sourceCount, resultCount, step);
  return { at, entryBytes };
}
