import { isJpeg, type JpegInfo } from '@framehub/frame';
import { checkJpeg } from './bad-frame.js';
import type { Codec } from './codec/codec.js';
import type { Kernels } from './kernels.js';
import type { EncodeJob, RenderedJpeg } from './messages.js';
import { isUpright, type Orientation, orientationOf } from './orientation.js';
import {
  type Picture,
  SAMPLINGS,
  type Sampling,
  type Size,
  samplingTurned,
  sizeAtWidth,
  sizeTurned,
} from './picture.js';
import { resample } from './resample.js';
import { turn } from './turn.js';
import { checkRaw, isPackedRgb, unpack } from './unpack.js';
import { wholeJpeg } from './whole-jpeg.js';

/** What is to become of a picture: its size, and the turn. */
interface Plan {
  readonly orientation: Orientation;
  /** Of the finished picture. */
  readonly size: Size;
  /** The finished picture's size before the turn. */
  readonly scaled: Size;
}

/**
 * Makes the JPEG that a job asks for, by the shortest way there is. Borrows the job's bytes, returns owned.
 * Throws `BadFrame` when the frame is at fault.
 */
export function render(job: EncodeJob, codec: Codec, kernels: Kernels): RenderedJpeg {
  try {
    return isJpeg(job.format.fourcc) ? renderJpeg(job, codec, kernels) : renderRaw(job, codec, kernels);
  } finally {
    kernels.reset();
  }
}

function renderJpeg(job: EncodeJob, codec: Codec, kernels: Kernels): RenderedJpeg {
  const info = checkJpeg(job.bytes);
  const plan = planFor(job, info);
  const data = losslessly(job, info, plan, codec);
  if (data) return { ...plan.size, data };
  const picture = codec.decode(job.bytes, info, plan.scaled);
  return encode(job, plan, codec, kernels, picture, samplingBeforeTurn(job, plan, picture.sampling));
}

/** A turn of the coded picture or a mere copy, where nothing else is asked for and the codec can do it. */
function losslessly(job: EncodeJob, info: JpegInfo, { orientation, scaled }: Plan, codec: Codec) {
  if (job.rendition.quality !== undefined || !isSameSize(scaled, info)) return undefined;
  return isUpright(orientation) ? wholeJpeg(job.bytes, info) : codec.transform(job.bytes, info, orientation);
}

function renderRaw(job: EncodeJob, codec: Codec, kernels: Kernels): RenderedJpeg {
  const { format, bytes } = job;
  checkRaw(format, bytes);
  const plan = planFor(job, format);
  const sampling = samplingBeforeTurn(job, plan, SAMPLINGS['4:2:0']);
  if (isPackedRgb(format.fourcc) && isUpright(plan.orientation) && isSameSize(plan.scaled, format))
    return { ...plan.size, data: codec.encodeRgb(bytes, format, sampling, qualityOf(job)) };
  return encode(job, plan, codec, kernels, unpack(kernels, format, bytes, sampling), sampling);
}

/** @param sampling of the picture that is encoded, before its turn */
function encode(
  job: EncodeJob,
  { orientation, scaled, size }: Plan,
  codec: Codec,
  kernels: Kernels,
  picture: Picture,
  sampling: Sampling,
): RenderedJpeg {
  const resampled = resample(kernels, picture, scaled, sampling);
  return { ...size, data: codec.encode(turn(kernels, resampled, orientation), qualityOf(job)) };
}

function planFor({ rendition }: EncodeJob, { width, height }: Size): Plan {
  const orientation = orientationOf(rendition);
  const size = sizeAtWidth(sizeTurned({ width, height }, orientation), rendition.width);
  return { orientation, size, scaled: sizeTurned(size, orientation) };
}

/** @param auto what it is where none is configured */
function samplingBeforeTurn({ subsampling }: EncodeJob, { orientation }: Plan, auto: Sampling): Sampling {
  return subsampling === 'auto' ? auto : samplingTurned(SAMPLINGS[subsampling], orientation);
}

function qualityOf({ rendition, quality }: EncodeJob): number {
  return rendition.quality ?? quality;
}

function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
