import { FramehubError, recordOf, whereOf } from '@framehub/frame';

/** Any thrown value as a camera's failure: those of capture as they are, anything else as a fault of framehub itself. */
export function captureError(error: unknown): FramehubError {
  if (error instanceof FramehubError && error.code.startsWith('CAPTURE_')) return error;
  const { code, message } = recordOf(error);
  const where = whereOf(error) ?? 'an unknown place';
  return new FramehubError(
    'CAPTURE_INTERNAL',
    `a fault in framehub, not in the camera: ${message} (${code} at ${where})`,
    { code, where },
    { cause: error },
  );
}
