import type { ErrorRecord } from '../errors.js';
import type { CameraState, CameraStatus } from '../hub.js';

/** How a camera is, as JSON tells it: what every gateway says of it. Absent values are null, which is JSON's name for them. */
export interface StatusReport {
  readonly name: string;
  readonly source: string;
  readonly state: CameraState;
  readonly error: ErrorReport | null;
  /** What the card says that is shown instead of a picture, while it is. */
  readonly placeholder: string | null;
  readonly format: { readonly fourcc: string; readonly width: number; readonly height: number } | null;
  readonly fps: { readonly nominal: number | null; readonly measured: number };
  /** Unix milliseconds since when the picture has not changed. */
  readonly frozenSince: number | null;
  readonly restarts: number;
}

/** Details stay here: they may hold what no stranger should know. */
export type ErrorReport = Pick<ErrorRecord, 'code' | 'message'>;

export function reportStatus(status: CameraStatus): StatusReport {
  const { name, source, state, error, placeholder, format, fps, frozenSince, restarts } = status;
  return {
    name,
    source,
    state,
    error: reportError(error),
    placeholder: placeholder ?? null,
    format: format ? { fourcc: format.fourcc, width: format.width, height: format.height } : null,
    fps: { nominal: fps.nominal ?? null, measured: fps.measured },
    frozenSince: frozenSince ?? null,
    restarts,
  };
}

export function reportError(error: ErrorRecord | undefined): ErrorReport | null {
  return error ? { code: error.code, message: error.message } : null;
}
