import { type CameraStatus, FramehubError } from '@framehub/frame';

/**
 * True for a camera that gives no picture until something happens to it. One that is being started has its time, also
 * when viewers see a card still; so has one that has failed just now, and may be back before they see any.
 */
export function isDown({ state, placeholder }: CameraStatus): boolean {
  return state === 'off' || state === 'closed' || (state === 'retrying' && placeholder !== undefined);
}

/** @param timeout milliseconds that were waited for it */
export function noPicture(status: CameraStatus, timeout: number): FramehubError {
  const { name, state, error, placeholder } = status;
  const what = isDown(status) ? 'gives no picture' : `gave no picture within ${timeout} ms`;
  const camera = { name, state, error: error ?? null, placeholder: placeholder ?? null };
  return new FramehubError('HTTP_NO_FRAME', `${name} ${what}; it is ${state}${reasonOf(status)}`, { camera });
}

function reasonOf({ name, state, error, placeholder }: CameraStatus): string {
  if (state === 'off') return `: PATCH /api/cameras/${name} with {"enabled": true} switches it on`;
  const reason = error?.message ?? placeholder;
  return reason === undefined ? '' : `: ${reason}`;
}
