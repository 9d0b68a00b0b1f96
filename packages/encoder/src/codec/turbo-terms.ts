import type { Orientation } from '../orientation.js';
import type { Sampling } from '../picture.js';
import { Subsamp, TransformOp } from './turbo-library.js';

// What we call things, in libjpeg-turbo's numbers.

const SUBSAMP_OF_SAMPLING: Readonly<Record<string, number>> = {
  '1x1': Subsamp.S444,
  '2x1': Subsamp.S422,
  '2x2': Subsamp.S420,
  '1x2': Subsamp.S440,
  '4x1': Subsamp.S411,
  '1x4': Subsamp.S441,
};

const SAMPLING_OF_SUBSAMP: Readonly<Record<number, Sampling>> = {
  [Subsamp.S444]: { x: 1, y: 1 },
  [Subsamp.S422]: { x: 2, y: 1 },
  [Subsamp.S420]: { x: 2, y: 2 },
  [Subsamp.GRAY]: { x: 1, y: 1 },
  [Subsamp.S440]: { x: 1, y: 2 },
  [Subsamp.S411]: { x: 4, y: 1 },
  [Subsamp.S441]: { x: 1, y: 4 },
};

/** Undefined for a layout that it does not know (-1). */
export function samplingOf(subsamp: number): Sampling | undefined {
  return SAMPLING_OF_SUBSAMP[subsamp];
}

/** Throws a RangeError for a sampling that no JPEG has: under another's number, planes would be read past their ends. */
export function subsampOf({ x, y }: Sampling): number {
  const subsamp = SUBSAMP_OF_SAMPLING[`${x}x${y}`];
  if (subsamp === undefined) throw new RangeError(`libjpeg-turbo has no chroma sampling ${x}x${y}`);
  return subsamp;
}

const { NONE, HFLIP, VFLIP, ROT180, TRANSPOSE, ROT90, ROT270, TRANSVERSE } = TransformOp;
/** By transposition, then mirrored columns (1) and lines (2) of the source. */
const OPS = { straight: [NONE, HFLIP, VFLIP, ROT180], transposed: [TRANSPOSE, ROT270, ROT90, TRANSVERSE] } as const;

export function transformOpOf({ transpose, mirrorX, mirrorY }: Orientation): number {
  const ops = transpose ? OPS.transposed : OPS.straight;
  return ops[((mirrorX ? 1 : 0) + (mirrorY ? 2 : 0)) as 0 | 1 | 2 | 3];
}
