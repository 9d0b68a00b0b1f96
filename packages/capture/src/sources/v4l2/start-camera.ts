import { codeOf, type FourCC, FramehubError } from '@framehub/frame';
import type { V4l2Camera } from 'node-v4l2-camera';
import { type IntervalsOf, jpegOf, type NegotiatedFormat, negotiate, type OfferedFormat } from '../../negotiate.js';
import type { V4l2Options } from '../../options.js';
import type { SourceHost } from '../source.js';
import { type StreamSetting, settingText, startStream, type V4l2Stream } from './v4l2-stream.js';

export interface StartedCamera {
  readonly setting: StreamSetting;
  readonly stream: V4l2Stream;
  /** Human-readable: why it is not what was requested. */
  readonly compromise: string | undefined;
}

/**
 * Sets a camera to the best that it has for a request, and starts it; where the USB bus is full and the options say so, to
 * the best that fits. Throws V4l2Error or a `CAPTURE_…` error, and the camera does not stream then.
 */
export function startCamera(
  camera: Pick<V4l2Camera, 'setFormat' | 'setFrameInterval' | 'start'>,
  { formats, intervalsOf }: { readonly formats: readonly OfferedFormat[]; readonly intervalsOf: IntervalsOf },
  { buffers, onNoBandwidth, ...request }: Omit<V4l2Options, 'device' | 'buffers'> & { readonly buffers: number },
  host: Pick<SourceHost, 'log'>,
): StartedCamera {
  const chosen = negotiate(formats, request, intervalsOf);
  for (const note of chosen.notes) host.log('warn', note);
  const refusals: unknown[] = [];
  const attempt = (setting: StreamSetting): V4l2Stream | undefined => {
    try {
      return startStream(camera, setting, buffers);
    } catch (error) {
      if (onNoBandwidth !== 'fallback' || codeOf(error) !== 'ENOSPC') throw error;
      refusals.push(error);
      return undefined;
    }
  };
  const stream = attempt(chosen);
  if (stream) {
    logDifference(chosen, stream, host);
    return { setting: chosen, stream, compromise: undefined };
  }
  const requested = describe(chosen);
  for (const setting of fallbacks(formats, chosen, request.fps, intervalsOf)) {
    const cheaper = attempt(setting);
    if (!cheaper) continue;
    const given = describe({ ...setting, fps: cheaper.fps });
    host.log('warn', `the USB bus has no room for ${requested}: ${given} is used instead`);
    return { setting, stream: cheaper, compromise: `${given} for want of USB bandwidth` };
  }
  throw new FramehubError(
    'CAPTURE_NO_BANDWIDTH',
    `the USB bus has no room for ${requested} or anything smaller that the camera has: plug it into another USB controller`,
    { tried: refusals.length },
    { cause: refusals[0] },
  );
}

function logDifference(setting: StreamSetting, { format }: V4l2Stream, host: Pick<SourceHost, 'log'>): void {
  const requested = settingText(setting);
  const given = settingText({ fourcc: format.fourcc, size: format });
  if (requested !== given) host.log('warn', `the driver gives ${given} instead of ${requested}`);
}

const describe = (setting: StreamSetting): string =>
  setting.fps ? `${settingText(setting)} at ${Number(setting.fps.toFixed(2))} frames a second` : settingText(setting);

/** Of width and height: few attempts, whatever sizes a camera has, and the last one is small. */
const SIZES = [1, 3 / 4, 1 / 2, 1 / 4, 1 / 8];
/** Of the rate. */
const RATES = [1 / 2, 1 / 4, 1 / 8];

/**
 * What to try, in this order, when the USB bus has no room for `refused`: JPEG instead of a raw format, smaller sizes, each
 * as JPEG first, and finally lower rates of the smallest. At most fifteen.
 *
 * @param fps the requested rate, if there is one
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

/** Each setting once, without the refused one. */
function unlike(refused: StreamSetting, settings: readonly StreamSetting[]): StreamSetting[] {
  const key = (setting: StreamSetting): string => `${settingText(setting)} ${setting.fps}`;
  const left = new Map(settings.map((setting) => [key(setting), setting]));
  left.delete(key(refused));
  return [...left.values()];
}
