import { codeOf, FramehubError } from '@framehub/frame';
import type { V4l2Camera } from 'node-v4l2-camera';
import { type IntervalsOf, negotiate, type OfferedFormat } from '../../negotiate.js';
import type { V4l2Options } from '../../options.js';
import type { SourceHost } from '../source.js';
import { fallbacks } from './fallbacks.js';
import { type StreamSetting, settingText, startStream, type V4l2Stream } from './v4l2-stream.js';

export interface StartedCamera {
  readonly setting: StreamSetting;
  readonly stream: V4l2Stream;
  /** For people: why it is not what was wished for. */
  readonly compromise: string | undefined;
}

/**
 * Sets a camera to the best that it has of a wish, and starts it; where the USB bus is full and the options say so, to
 * the best that fits. Throws V4l2Error or a `CAPTURE_…` error, and the camera does not stream then.
 */
export function startCamera(
  camera: Pick<V4l2Camera, 'setFormat' | 'setFrameInterval' | 'start'>,
  formats: readonly OfferedFormat[],
  intervalsOf: IntervalsOf,
  { buffers, onNoBandwidth, ...wish }: Omit<V4l2Options, 'device' | 'buffers'> & { readonly buffers: number },
  host: Pick<SourceHost, 'log'>,
): StartedCamera {
  const chosen = negotiate(formats, wish, intervalsOf);
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
    sayDifference(chosen, stream, host);
    return { setting: chosen, stream, compromise: undefined };
  }
  const wished = describe(chosen);
  for (const setting of fallbacks(formats, chosen, wish.fps, intervalsOf)) {
    const cheaper = attempt(setting);
    if (!cheaper) continue;
    const given = describe({ ...setting, fps: cheaper.fps });
    host.log('warn', `the USB bus has no room for ${wished}: ${given} is taken instead`);
    return { setting, stream: cheaper, compromise: `${given} for want of USB bandwidth` };
  }
  throw new FramehubError(
    'CAPTURE_NO_BANDWIDTH',
    `the USB bus has no room for ${wished}, nor for anything smaller of the camera's: plug it into another USB controller`,
    { tried: refusals.length },
    { cause: refusals[0] },
  );
}

function sayDifference(setting: StreamSetting, { format }: V4l2Stream, host: Pick<SourceHost, 'log'>): void {
  const wished = settingText(setting);
  const given = settingText({ fourcc: format.fourcc, size: format });
  if (wished !== given) host.log('warn', `the driver gives ${given} instead of ${wished}`);
}

const describe = (setting: StreamSetting): string =>
  setting.fps ? `${settingText(setting)} at ${Number(setting.fps.toFixed(2))} frames a second` : settingText(setting);
