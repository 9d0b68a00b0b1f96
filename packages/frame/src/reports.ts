import { type ErrorRecord, recordOf } from './errors.js';
import type { CameraControl, CameraSettings, CameraState, CameraStatus, ControlValue, MenuItem } from './hub.js';
import type { Flip, Rotation } from './rendition.js';

// Status, settings, controls and errors as every gateway sends them in JSON: absent values are null.

/** The status of a camera. */
export interface StatusReport {
  readonly name: string;
  readonly source: string;
  readonly state: CameraState;
  readonly error: ErrorReport | null;
  /** Text of the placeholder that viewers see instead of the camera's frames. */
  readonly placeholder: string | null;
  readonly format: { readonly fourcc: string; readonly width: number; readonly height: number } | null;
  /** Frames per second. */
  readonly fps: { readonly nominal: number | null; readonly measured: number };
  /** Unix milliseconds since when the frames have not changed. */
  readonly frozenSince: number | null;
  readonly restarts: number;
}

/** An error without its details, which may hold what a client should not know. */
export type ErrorReport = Pick<ErrorRecord, 'code' | 'message'>;

/** The settings of a camera, flat and with the keys of the configuration. Null: the camera's default. */
export interface SettingsReport {
  readonly enabled: boolean;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly format: string | null;
  readonly fps: number | null;
  readonly rotate: Rotation;
  readonly flip: Flip;
  readonly width: number | null;
  readonly quality: number | null;
  readonly profile: string | null;
  readonly profiles: string[];
}

/** A control of a camera. 64-bit numbers that JSON cannot represent are texts of digits. */
export interface ControlReport extends Omit<CameraControl, keyof ControlNumbers | 'menu'>, ControlNumbers {
  readonly menu: MenuItem[] | null;
}

interface ControlNumbers {
  readonly value: number | string | null;
  readonly minimum: number | string;
  readonly maximum: number | string;
  readonly step: number | string;
  readonly default: number | string;
}

/** @returns owned */
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

/** @returns owned */
export function reportSettings({ rendition, ...camera }: CameraSettings): SettingsReport {
  return {
    enabled: camera.enabled,
    size: camera.size ? { width: camera.size.width, height: camera.size.height } : null,
    format: camera.format ?? null,
    fps: camera.fps ?? null,
    rotate: rendition.rotate ?? 0,
    flip: rendition.flip ?? 'none',
    width: rendition.width ?? null,
    quality: rendition.quality ?? null,
    profile: camera.profile ?? null,
    profiles: [...camera.profiles],
  };
}

/** @returns owned */
export function reportControls(controls: readonly CameraControl[]): ControlReport[] {
  return controls.map((control) => ({
    ...control,
    value: control.value === undefined ? null : jsonValue(control.value),
    minimum: jsonValue(control.minimum),
    maximum: jsonValue(control.maximum),
    step: jsonValue(control.step),
    default: jsonValue(control.default),
    menu: control.menu ? [...control.menu] : null,
  }));
}

/** A control's value for JSON, whose numbers are read as doubles: one that is not exact as such becomes a text of digits. */
export function jsonValue(value: ControlValue): number | string {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** An error without its details; null for undefined. */
export function reportError(error: ErrorRecord | undefined): ErrorReport | null {
  return error ? { code: error.code, message: error.message } : null;
}

/** Whether a thrown value is an internal error (a fault of this program) and not a {@link FramehubError}. */
export function isFault(error: unknown): boolean {
  return !(error instanceof Error) || error.name !== 'FramehubError';
}

/**
 * Any thrown value as it may be sent to a client: code and one line. The message of an internal error stays in the log,
 * as it may reveal more.
 *
 * @param internalCode code that is sent for an internal error
 */
export function publicError(error: unknown, internalCode: string): ErrorReport {
  if (isFault(error)) return { code: internalCode, message: 'internal error: see the log of framehub' };
  const { code, message } = recordOf(error);
  return { code, message: message.split('\n', 1)[0] ?? '' };
}
