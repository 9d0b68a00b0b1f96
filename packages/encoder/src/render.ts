import { isJpeg, type JpegInfo, type Size } from '@framehub/frame';
import type { Codec } from './codec/codec.js';
import { orient, resample } from './geometry.js';
import { completeJpeg, structureOf } from './jpeg.js';
import type { Kernels } from './kernels.js';
import type { EncodeJob, RenderedJpeg } from './messages.js';
import {
  isUpright,
  type Orientation,
  orientationOf,
  orientSampling,
  orientSize,
  type PlanarImage,
  SAMPLINGS,
  type Sampling,
  sizeAtWidth,
} from './planar-image.js';
import { checkRaw, isPackedRgb, unpack } from './unpack.js';

/** What one thread works with. */
export interface RenderTools {
  readonly codec: Codec;
  /** The codec's. */
  readonly kernels: Kernels;
}

/** How a frame becomes its rendition. */
interface Plan {
  readonly orientation: Orientation;
  /** Of the finished JPEG. */
  readonly size: Size;
  /** The same before it is oriented. */
  readonly scaled: Size;
}

/**
 * Makes the JPEG that a job asks for, in the cheapest way. Borrows the job's bytes, returns owned.
 *
 * @throws RejectedFrame if the frame is at fault
 */
export function render(job: EncodeJob, tools: RenderTools): RenderedJpeg {
  try {
    return isJpeg(job.format.fourcc) ? renderJpeg(job, tools) : renderRaw(job, tools);
  } finally {
    tools.kernels.reset();
  }
}

function renderJpeg(job: EncodeJob, tools: RenderTools): RenderedJpeg {
  const info = structureOf(job.bytes, job.jpeg);
  const plan = planFor(job, info);
  const data = withoutDecoding(job, info, plan, tools.codec);
  if (data) return { ...plan.size, data };
  const image = tools.codec.decode(job.bytes, info, plan.scaled);
  return encode(image, samplingBeforeTurn(job, plan, image.sampling), plan, { ...tools, quality: qualityOf(job) });
}

/** Orients or copies the JPEG without decoding it, if nothing else is asked for and the codec can. */
function withoutDecoding(job: EncodeJob, info: JpegInfo, { orientation, scaled }: Plan, codec: Codec) {
  if (job.rendition.quality !== undefined || !isSameSize(scaled, info)) return undefined;
  return isUpright(orientation) ? completeJpeg(job.bytes, info) : codec.transform(job.bytes, info, orientation);
}

function renderRaw(job: EncodeJob, tools: RenderTools): RenderedJpeg {
  const { format, bytes } = job;
  checkRaw(format, bytes);
  const plan = planFor(job, format);
  const sampling = samplingBeforeTurn(job, plan, SAMPLINGS['4:2:0']);
  const quality = qualityOf(job);
  if (isPackedRgb(format.fourcc) && isUpright(plan.orientation) && isSameSize(plan.scaled, format))
    return { ...plan.size, data: tools.codec.encodeRgb(bytes, format, sampling, quality) };
  return encode(unpack(tools.kernels, format, bytes, sampling), sampling, plan, { ...tools, quality });
}

/** @param sampling of the image that is encoded, before it is oriented */
function encode(
  image: PlanarImage,
  sampling: Sampling,
  { orientation, scaled, size }: Plan,
  { codec, kernels, quality }: RenderTools & { readonly quality: number },
): RenderedJpeg {
  const oriented = orient(kernels, resample(kernels, image, scaled, sampling), orientation);
  return { ...size, data: codec.encode(oriented, quality) };
}

function planFor({ rendition }: EncodeJob, { width, height }: Size): Plan {
  const orientation = orientationOf(rendition);
  const size = sizeAtWidth(orientSize({ width, height }, orientation), rendition.width);
  return { orientation, size, scaled: orientSize(size, orientation) };
}

/** @param auto the sampling if none is configured */
function samplingBeforeTurn({ subsampling }: EncodeJob, { orientation }: Plan, auto: Sampling): Sampling {
  return subsampling === 'auto' ? auto : orientSampling(SAMPLINGS[subsampling], orientation);
}

function qualityOf({ rendition, quality }: EncodeJob): number {
  return rendition.quality ?? quality;
}

function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
