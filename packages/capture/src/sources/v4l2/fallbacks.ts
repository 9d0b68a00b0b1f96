import type { FourCC } from '@framehub/frame';
import { type IntervalsOf, jpegOf, type NegotiatedFormat, negotiate, type OfferedFormat } from '../../negotiate.js';
import { type StreamSetting, settingText } from './v4l2-stream.js';

/** Of the width and height, so that whatever sizes a camera has, there are few tries and the last is a small picture. */
const SIZES = [1, 3 / 4, 1 / 2, 1 / 4, 1 / 8];
/** Of the rate. */
const RATES = [1 / 2, 1 / 4, 1 / 8];

/**
 * What else to ask a camera for, in this order, when the USB bus has no room for `refused`: JPEG instead of raw
 * pictures, smaller sizes, each as JPEG first, and at last lower rates of the smallest. At most fifteen.
 *
 * @param fps the rate that was wished for, if one was
 */
export function fallbacks(
  formats: readonly OfferedFormat[],
  refused: StreamSetting,
  fps: number | undefined,
  intervalsOf: IntervalsOf,
): StreamSetting[] {
  const fourccs = [...new Set([jpegOf(formats) ?? refused.fourcc, refused.fourcc])];
  const at = (fourcc: FourCC, size: StreamSetting['size'], rate: number | undefined): NegotiatedFormat =>
    negotiate(formats, { fourcc, size, ...(rate !== undefined && { fps: rate }) }, intervalsOf);
  const { width, height } = refused.size;
  const smaller = SIZES.flatMap((factor) =>
    fourccs.map((fourcc) =>
      at(fourcc, { width: Math.round(width * factor), height: Math.round(height * factor) }, fps),
    ),
  ).filter(({ size }) => size.width * size.height <= width * height);
  const slower = fourccs.flatMap((fourcc) => {
    const smallest = smaller.findLast((setting) => setting.fourcc === fourcc);
    const rate = smallest?.fps;
    return smallest && rate ? RATES.map((factor) => at(fourcc, smallest.size, rate * factor)) : [];
  });
  return unlike(refused, [...smaller, ...slower]);
}

/** Each once, and what was refused not at all. */
function unlike(refused: StreamSetting, settings: readonly StreamSetting[]): StreamSetting[] {
  const key = (setting: StreamSetting): string => `${settingText(setting)} ${setting.fps}`;
  const left = new Map(settings.map((setting) => [key(setting), setting]));
  left.delete(key(refused));
  return [...left.values()];
}
