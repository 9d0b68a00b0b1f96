import { existsSync } from 'node:fs';
import type { FramehubError } from '@framehub/frame';
import type { SourceOptions } from './options.js';

const LOOK_EVERY_MS = 500;

/**
 * Calls back after a while, and for a device that was unplugged as soon as its node is there again: looking for
 * a name costs next to nothing, so nobody has to wait out a long back-off after plugging a camera in.
 *
 * @param wait milliseconds
 * @returns a function that calls it off
 */
export function whenBack(source: SourceOptions, error: FramehubError, wait: number, back: () => void): () => void {
  const gone = source.type === 'v4l2' && error.code === 'CAPTURE_DEVICE_GONE' && !existsSync(source.device);
  const looks = gone ? setInterval(() => existsSync(source.device) && done(), LOOK_EVERY_MS) : undefined;
  const timer = setTimeout(() => done(), wait);
  const cancel = (): void => {
    clearInterval(looks);
    clearTimeout(timer);
  };
  const done = (): void => {
    cancel();
    back();
  };
  return cancel;
}
