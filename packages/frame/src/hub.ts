import type { ListenOptions, Subscription } from './async/index.js';
import type { ErrorRecord } from './errors.js';
import type { JpegFrame } from './frames.js';
import type { HistogramReading } from './metrics.js';
import type { PixelFormat } from './pixel-format.js';
import type { Rendition } from './rendition.js';

/** The hub as gateways see it: its cameras, their state, settings and controls. Frames come from the broker. */
export interface Hub {
  readonly version: string;
  /** The cameras in the order of the configuration; a camera's index is its number in URLs. The list changes with the configuration. */
  cameras(): readonly CameraView[];
  /** The codec that encodes JPEGs, human-readable: `libjpeg-turbo 3.1.2`. */
  readonly codec: string;
  /** JPEG quality of frames that are encoded without a requested one, 1 to 100. */
  readonly quality: number;
  /** Calls the listener for each event, once, after the change is visible in `cameras()`. */
  subscribe(listener: (event: HubEvent) => void, options?: ListenOptions): Subscription;
}

/** What changed a control: framehub, or another program that has the camera open. */
export type ControlOrigin = 'framehub' | 'external';

/** What a {@link Hub} reports. */
export type HubEvent =
  /** A camera's state changed; `status` is the new one. */
  | { readonly type: 'state'; readonly camera: string; readonly status: CameraStatus }
  /** A camera's frames have stopped changing, or change again. */
  | { readonly type: 'frozen'; readonly camera: string; readonly status: CameraStatus }
  /** A camera's settings were changed while it runs, by the API or by the configuration file. */
  | { readonly type: 'settings'; readonly camera: string; readonly settings: CameraSettings }
  /** A camera's controls were changed. `controls` are all of them, as read back; `changed` are names. */
  | {
      readonly type: 'controls';
      readonly camera: string;
      readonly controls: readonly CameraControl[];
      readonly changed: readonly string[];
      readonly origin: ControlOrigin;
    }
  /** The list of cameras changed. */
  | { readonly type: 'cameras' };

/**
 * The state of a camera.
 *
 * - `starting`: opening, or waiting for the first frame
 * - `live`: frames arrive
 * - `standby`: closed, because there are no viewers
 * - `retrying`: failed or unplugged; it is opened again after a back-off
 * - `off`: switched off, until it is switched on again
 * - `closed`: closed for good
 */
export type CameraState = 'starting' | 'live' | 'standby' | 'retrying' | 'off' | 'closed';

/** A camera as gateways see it. */
export interface CameraView {
  /** Letters, digits, `-` and `_`: usable in URLs and topics. */
  readonly name: string;
  status(): CameraStatus;
  settings(): CameraSettings;
  /**
   * Changes settings while viewers stay connected, until the configuration file changes or the process ends. Resolves when
   * the camera delivers frames with them. If a live camera cannot, its old settings are restored; a camera that delivered
   * no frames before keeps the new ones.
   *
   * @returns all settings
   * @throws FramehubError `CAMERA_SETTING_INVALID`, naming key, value and what is allowed; a `CAPTURE_…` error if the camera
   *   fails with the new settings
   */
  change(changes: SettingsChange): Promise<CameraSettings>;
  /** The camera's controls with their present values. @throws FramehubError `CAPTURE_NO_CONTROLS` if the source has none */
  controls(): Promise<readonly CameraControl[]>;
  /**
   * Sets controls by name: none of them if a name or value is invalid.
   *
   * @returns all controls, as read back
   * @throws FramehubError a `CAPTURE_…` error
   */
  setControls(values: ControlValues): Promise<readonly CameraControl[]>;
  /**
   * Captures one frame in another size than the stream's, which is interrupted for a moment. Equal requests at the same
   * time share one. The camera's `width` setting does not apply.
   *
   * @throws FramehubError a `CAPTURE_…` error
   */
  still(size: StillSize, rendition: Rendition): Promise<JpegFrame>;
}

/** Pixels of the sensor's frame, before rotation; `max`: the camera's largest size. */
export type StillSize = 'max' | { readonly width: number; readonly height: number };

/** The settings of a camera. Undefined: the camera's default. */
export interface CameraSettings {
  /** False: the camera is switched off. */
  readonly enabled: boolean;
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** FourCC that is requested from the camera. */
  readonly format: string | undefined;
  /** Frames per second, at most. */
  readonly fps: number | undefined;
  /** Applied to every frame of this camera, before a viewer's requested rendition. */
  readonly rendition: Rendition;
  /** Name of the profile of control values in use. */
  readonly profile: string | undefined;
  /** Names of all profiles. */
  readonly profiles: readonly string[];
}

/** Settings to change. `null` restores the camera's default, and removes a profile. */
export interface SettingsChange {
  readonly enabled?: boolean;
  readonly size?: { readonly width: number; readonly height: number } | null;
  readonly format?: string | null;
  readonly fps?: number | null;
  readonly rotate?: number;
  readonly flip?: string;
  readonly width?: number | null;
  readonly quality?: number | null;
  readonly profile?: string | null;
}

/** The status of a camera. */
export interface CameraStatus {
  readonly name: string;
  /** Where the frames come from, human-readable: `/dev/video0 (UVC Camera)`. Without passwords. */
  readonly source: string;
  readonly state: CameraState;
  /** The last failure, until the camera recovers. */
  readonly error: ErrorRecord | undefined;
  /** Text of the placeholder that viewers see instead of the camera's frames: `CAMERA UNPLUGGED`. */
  readonly placeholder: string | undefined;
  readonly format: PixelFormat | undefined;
  /** Applied to every frame of this camera, before a viewer's requested rendition. */
  readonly rendition: Rendition;
  /** Frames per second: as negotiated with the source, and as captured in the last seconds. */
  readonly fps: { readonly nominal: number | undefined; readonly measured: number };
  /** Frames since the start of the process. */
  readonly frames: { readonly captured: number; readonly dropped: Readonly<Record<string, number>> };
  /** Unix milliseconds of the newest captured frame, whether it had viewers or not. */
  readonly lastFrameAt: number | undefined;
  /** Unix milliseconds since when no sample of the frames has changed, or undefined while they change. */
  readonly frozenSince: number | undefined;
  /** Number of restarts after a failure. */
  readonly restarts: number;
  /** Failures by code, since the start of the process. */
  readonly failures: Readonly<Record<string, number>>;
  /** Seconds that encoding took, per frame. */
  readonly encodeSeconds: HistogramReading;
}

/**
 * The value of a control: a whole number, a `bigint` if a 64-bit one does not fit into a number, or the text of a `string`
 * control. Booleans are 0 and 1.
 */
export type ControlValue = number | bigint | string;

/**
 * Control values by name, as people and programs write them: booleans are allowed, and a menu's item by its label or
 * number. The source checks them against its controls.
 */
export type ControlValues = Readonly<Record<string, ControlValue | boolean>>;

/** A control of a camera, after V4L2's: brightness, exposure … */
export interface CameraControl {
  /** V4L2's name in lower case with underscores, as v4l2-ctl prints it: `exposure_time_absolute`. */
  readonly name: string;
  /** Human-readable: `Exposure Time, Absolute`. */
  readonly label: string;
  readonly type: 'integer' | 'boolean' | 'menu' | 'button' | 'integer64' | 'bitmask' | 'string' | 'other';
  /** Undefined for buttons, and if the camera does not report it. */
  readonly value: ControlValue | undefined;
  /** Range of the value, or of the length of a string. */
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  readonly step: number | bigint;
  readonly default: number | bigint;
  readonly menu: readonly MenuItem[] | undefined;
  /** Has no effect at present, such as the exposure time while exposure is automatic. */
  readonly inactive: boolean;
  readonly readOnly: boolean;
  /** The camera changes the value itself. */
  readonly volatile: boolean;
  /** Locked by another program at present. */
  readonly grabbed: boolean;
}

/** An item of a menu control. */
export interface MenuItem {
  readonly value: number;
  readonly label: string;
}
