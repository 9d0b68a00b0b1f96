import { FramehubError } from '@framehub/frame';
import type { Vitals } from './vitals.js';

/** Why nothing can be asked of a camera: what keeps it from opening, or that it is off or closed. */
export function refusalOf(camera: string, { error, state }: Vitals): FramehubError {
  if (error) return FramehubError.from(error);
  if (state === 'off') return new FramehubError('CAPTURE_OFF', `camera ${camera} is switched off: switch it on first`);
  return new FramehubError('CAPTURE_CLOSED', `camera ${camera} is closed`);
}
