import type { CameraControl, CameraSettings, CameraView, ControlValue, ErrorRecord } from '@framehub/frame';

export const SUBPROTOCOL = 'framehub.v1';

/** A camera as a client is told of it. Absent values are null. */
export interface CameraReport {
  readonly name: string;
  readonly source: string;
  readonly state: string;
  /** What the card says that is shown instead of a picture, while it is. */
  readonly placeholder: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly format: { readonly fourcc: string; readonly width: number; readonly height: number } | null;
  readonly fps: { readonly nominal: number | null; readonly measured: number };
  /** Unix milliseconds since when the picture has not changed. */
  readonly frozenSince: number | null;
  /** Of all gateways. */
  readonly viewers: number;
  readonly restarts: number;
}

/** What changes from second to second: measured frames a second, and viewers. */
export type Beat = Readonly<Record<string, readonly [fps: number, viewers: number]>>;

export type ServerMessage =
  | {
      readonly op: 'hello';
      readonly version: 1;
      readonly server: string;
      /** The server's clock, in Unix milliseconds. */
      readonly time: number;
      readonly cameras: readonly CameraReport[];
      readonly limits: { readonly subscriptions: number; readonly credit: number; readonly messageBytes: number };
      /** Whether settings may be changed over this connection. */
      readonly mayChange: boolean;
    }
  | { readonly op: 'cameras'; readonly cameras: readonly CameraReport[] }
  | { readonly op: 'status'; readonly camera: CameraReport }
  | { readonly op: 'beat'; readonly cameras: Beat }
  | { readonly op: 'subscribed'; readonly id: number; readonly camera: string }
  /** A subscription is over: its camera has left. */
  | { readonly op: 'ended'; readonly id: number; readonly camera: string }
  | { readonly op: 'settings'; readonly camera: string; readonly settings: object }
  | {
      readonly op: 'controls';
      readonly camera: string;
      readonly controls: readonly object[];
      readonly changed: readonly string[];
      readonly elsewhere: boolean;
    }
  | { readonly op: 'time'; readonly sent: number; readonly time: number }
  | { readonly op: 'answer'; readonly re: number; readonly controls?: readonly object[]; readonly settings?: object }
  | {
      readonly op: 'error';
      readonly code: string;
      readonly message: string;
      readonly re?: number;
      readonly id?: number;
    };

export function reportCamera(view: CameraView, viewers: number): CameraReport {
  const { name, source, state, placeholder, error, format, fps, frozenSince, restarts } = view.status();
  return {
    name,
    source,
    state,
    placeholder: placeholder ?? null,
    error: error ? { code: error.code, message: error.message } : null,
    format: format ? { fourcc: format.fourcc, width: format.width, height: format.height } : null,
    fps: { nominal: fps.nominal ?? null, measured: fps.measured },
    frozenSince: frozenSince ?? null,
    viewers,
    restarts,
  };
}

export function reportSettings({ size, format, framerate, rendition, profile, ...rest }: CameraSettings): object {
  return {
    ...rest,
    size: size ?? null,
    format: format ?? null,
    framerate: framerate ?? null,
    rotate: rendition.rotate ?? 0,
    flip: rendition.flip ?? 'none',
    width: rendition.width ?? null,
    quality: rendition.quality ?? null,
    profile: profile ?? null,
  };
}

/** As the HTTP API writes them: JSON has no whole numbers of 64 bits. */
export function reportControls(controls: readonly CameraControl[]): object[] {
  return controls.map((control) => ({
    ...control,
    value: control.value === undefined ? null : jsonValue(control.value),
    minimum: jsonValue(control.minimum),
    maximum: jsonValue(control.maximum),
    step: jsonValue(control.step),
    default: jsonValue(control.default),
    menu: control.menu ?? null,
  }));
}

function jsonValue(value: ControlValue): number | string {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

export function errorMessage({ code, message }: ErrorRecord, about: { re?: number; id?: number } = {}): ServerMessage {
  return { op: 'error', code, message, ...about };
}
