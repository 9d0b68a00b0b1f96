import type { FourCC, StillSize } from '@framehub/frame';
import {
  type IntervalsOf,
  jpegOf,
  type NegotiatedFormat,
  negotiate,
  type OfferedFormat,
  type Size,
} from '../../negotiate.js';

/** What a camera streams when a still is asked of it. */
export interface Streamed {
  readonly fourcc: FourCC;
  readonly size: Size;
  readonly fps: number | undefined;
}

/**
 * What to set a camera to for a still: its largest size or the one nearest to the wish, as JPEG where it can, and not
 * slower than the stream. Undefined when it streams that size already.
 */
export function stillSetting(
  formats: readonly OfferedFormat[],
  wish: StillSize,
  streamed: Streamed,
  intervalsOf: IntervalsOf,
): NegotiatedFormat | undefined {
  const fourcc = jpegOf(formats) ?? streamed.fourcc;
  const size = wish === 'max' ? undefined : nearest(formats, fourcc, wish);
  const { fps } = streamed;
  const setting = negotiate(formats, { fourcc, ...(size && { size }), ...(fps && { fps }) }, intervalsOf);
  const same = setting.size.width === streamed.size.width && setting.size.height === streamed.size.height;
  return same ? undefined : setting;
}

/** By the sum of what width and height differ. Within a range of sizes, or without a list, the wish itself. */
function nearest(formats: readonly OfferedFormat[], fourcc: FourCC, wish: Size): Size {
  const sizes = formats.find((format) => format.fourcc === fourcc)?.sizes ?? [];
  const listed = sizes.flatMap((size) => (size.type === 'discrete' ? [size] : []));
  const distance = (size: Size): number => Math.abs(size.width - wish.width) + Math.abs(size.height - wish.height);
  const [best] = listed.toSorted((a, b) => distance(a) - distance(b));
  return best ? { width: best.width, height: best.height } : wish;
}
