import type { Logger } from '@framehub/frame';
import type { ExposureWish } from '../cameras/exposure.js';
import type { CameraOptionValues } from './options.js';

/** What `-manexp` and `-exposure` ask for: something when both are there, as with usbStream. */
export function exposureWish({ manexp, exposure }: CameraOptionValues, logger: Logger): ExposureWish | undefined {
  if (manexp !== undefined && exposure !== undefined) return { mode: manexp, value: exposure };
  if (manexp !== undefined || exposure !== undefined)
    logger.warn({}, '--manexp and --exposure are without effect unless both are given');
  return undefined;
}
