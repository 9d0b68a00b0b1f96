/** `framehub.v1` as a client sees it: texts of JSON told apart by `op`, and binary messages for pictures. */
export const SUBPROTOCOL = 'framehub.v1';

/** A camera and how it is. */
export interface CameraInfo {
  readonly name: string;
  /** Where its pictures come from, for people. */
  readonly source: string;
  readonly state: 'starting' | 'live' | 'standby' | 'retrying' | 'off' | 'closed';
  /** What the card says that is shown instead of a picture, while it is: `CAMERA UNPLUGGED`. */
  readonly placeholder: string | null;
  /** What is wrong, in words. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly format: { readonly fourcc: string; readonly width: number; readonly height: number } | null;
  /** Frames a second that it promises, and that come. */
  readonly fps: { readonly nominal: number | null; readonly measured: number };
  /** Unix milliseconds since when its picture has not changed. */
  readonly frozenSince: number | null;
  readonly viewers: number;
  readonly restarts: number;
}

/** One setting of a camera, after V4L2's controls. Values of 64 bits that do not fit into a number are text. */
export interface CameraControl {
  readonly name: string;
  readonly label: string;
  readonly type: 'integer' | 'boolean' | 'menu' | 'button' | 'integer64' | 'bitmask' | 'string' | 'other';
  readonly value: number | string | null;
  readonly minimum: number | string;
  readonly maximum: number | string;
  readonly step: number | string;
  readonly default: number | string;
  readonly menu: readonly { readonly value: number; readonly label: string }[] | null;
  readonly inactive: boolean;
  readonly readOnly: boolean;
  readonly volatile: boolean;
  readonly grabbed: boolean;
}

export interface CameraSettings {
  readonly enabled: boolean;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly format: string | null;
  readonly fps: number | null;
  readonly rotate: number;
  readonly flip: string;
  readonly width: number | null;
  readonly quality: number | null;
  readonly profile: string | null;
  readonly profiles: readonly string[];
}

/** Settings to change; null takes one back to what the camera likes. */
export type SettingsChange = { readonly [K in Exclude<keyof CameraSettings, 'profiles'>]?: CameraSettings[K] };

export type ControlValues = Readonly<Record<string, number | boolean | string>>;

/** What a viewer wants of a camera. */
export interface PictureWish {
  /** Pictures a second at most. */
  readonly maxFps?: number;
  /** Pixels; never enlarges. */
  readonly width?: number;
  /** JPEG quality, 1 to 100. */
  readonly quality?: number;
  /** Degrees clockwise: 0, 90, 180 or 270. */
  readonly rotate?: number;
  readonly flip?: 'none' | 'horizontal' | 'vertical' | 'both';
}

export type ServerMessage =
  | {
      readonly op: 'hello';
      readonly version: number;
      readonly server: string;
      readonly time: number;
      readonly cameras: readonly CameraInfo[];
      readonly mayChange: boolean;
    }
  | { readonly op: 'cameras'; readonly cameras: readonly CameraInfo[] }
  | { readonly op: 'status'; readonly camera: CameraInfo }
  | { readonly op: 'beat'; readonly cameras: Readonly<Record<string, readonly [fps: number, viewers: number]>> }
  | { readonly op: 'subscribed'; readonly id: number; readonly camera: string }
  | { readonly op: 'ended'; readonly id: number; readonly camera: string }
  | { readonly op: 'settings'; readonly camera: string; readonly settings: CameraSettings }
  | {
      readonly op: 'controls';
      readonly camera: string;
      readonly controls: readonly CameraControl[];
      readonly changed: readonly string[];
      readonly origin: 'framehub' | 'external';
    }
  | { readonly op: 'time'; readonly sent: number; readonly time: number }
  | {
      readonly op: 'answer';
      readonly re: number;
      readonly controls?: readonly CameraControl[];
      readonly settings?: CameraSettings;
    }
  | {
      readonly op: 'error';
      readonly code: string;
      readonly message: string;
      readonly re?: number;
      readonly id?: number;
    };

export type ClientMessage =
  | ({ readonly op: 'subscribe'; readonly id: number; readonly camera: string; readonly credit: number } & PictureWish)
  | { readonly op: 'credit'; readonly id: number; readonly n: number }
  | { readonly op: 'unsubscribe'; readonly id: number }
  | { readonly op: 'time'; readonly sent: number }
  | RequestMessage;

export type RequestMessage = { readonly re: number; readonly camera: string } & Question;

export type Question =
  | { readonly op: 'controls' }
  | { readonly op: 'setControls'; readonly values: ControlValues }
  | { readonly op: 'change'; readonly settings: SettingsChange };

/** What went wrong, with the server's code. */
export class FramehubClientError extends Error {
  override readonly name = 'FramehubClientError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
