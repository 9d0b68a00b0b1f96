import type { ListenOptions, Subscription } from './async/index.js';
import type { CameraControl, ControlValues } from './control.js';
import type { ErrorRecord } from './errors.js';
import type { JpegFrame } from './frames.js';
import type { HistogramReading } from './histogram.js';
import type { PixelFormat } from './pixel-format.js';
import type { Rendition } from './rendition.js';

/** What gateways may know of the house: its cameras, their state, and what can be asked of them. Frames come from the broker. */
export interface Hub {
  readonly version: string;
  /** In the order of the configuration; a camera's place is its number in addresses. Cameras come and go when it changes. */
  cameras(): readonly CameraView[];
  /** The codec that makes JPEGs, for people: `libjpeg-turbo 3.1.2`. */
  readonly codec: string;
  /** JPEG quality of pictures that are encoded here, where nobody asks for another; 1 to 100. */
  readonly quality: number;
  /** Calls the listener for each event, once, after it is visible in `cameras()`. */
  subscribe(listener: (event: HubEvent) => void, options?: ListenOptions): Subscription;
}

export type ControlOrigin = 'framehub' | 'external';

export type HubEvent =
  /** A camera came up, failed, was switched off …: `status` says what it is now. Once for each change. */
  | { readonly type: 'state'; readonly camera: string; readonly status: CameraStatus }
  /** Its picture has stopped changing, or moves again. */
  | { readonly type: 'frozen'; readonly camera: string; readonly status: CameraStatus }
  /** Its settings were changed while it runs, by the API or by the configuration file. */
  | { readonly type: 'settings'; readonly camera: string; readonly settings: CameraSettings }
  /** Values were changed, by framehub or by another program. All controls, as read back. */
  | {
      readonly type: 'controls';
      readonly camera: string;
      readonly controls: readonly CameraControl[];
      readonly changed: readonly string[];
      /** Who changed them: framehub, or another program that has the camera open too. */
      readonly origin: ControlOrigin;
    }
  /** The list of cameras is another. */
  | { readonly type: 'cameras' };

/**
 * - `starting`: opening, or waiting for the first frame
 * - `live`: frames come
 * - `standby`: nobody watches, so the camera is closed
 * - `retrying`: failed or gone; it is tried again after a while
 * - `off`: switched off by somebody, until it is switched on again
 * - `closed`: for good
 */
export type CameraState = 'starting' | 'live' | 'standby' | 'retrying' | 'off' | 'closed';

export interface CameraView {
  /** Letters, digits, `-` and `_`: usable in an address and in a topic. */
  readonly name: string;
  status(): CameraStatus;
  settings(): CameraSettings;
  /**
   * Changes settings while viewers stay connected; until the next change of the configuration file, or the end. Resolves
   * once the camera gives pictures with them. A camera that cannot is put back to what it had, and the reason thrown;
   * one that gave none before takes them all the same.
   * Rejects with `CAMERA_SETTING_INVALID`: key, value and what is allowed.
   */
  change(changes: SettingsChange): Promise<CameraSettings>;
  /** The camera's controls with their present values. Rejects with `CAPTURE_NO_CONTROLS` where the source has none. */
  controls(): Promise<readonly CameraControl[]>;
  /** Sets controls by name, all or none on bad names and values, and returns all of them as read back. */
  setControls(values: ControlValues): Promise<readonly CameraControl[]>;
  /**
   * One picture of another size than the camera streams, which it interrupts for a moment. Who asks meanwhile for the
   * same gets the same. The camera's own `width` does not hold for it. Rejects with a `CAPTURE_…` error.
   */
  still(size: StillSize, rendition: Rendition): Promise<JpegFrame>;
}

/** Pixels of the sensor's picture, before it is turned; `max`: the largest that the camera has. */
export type StillSize = 'max' | { readonly width: number; readonly height: number };

/** What can be set of a camera while it runs. Absent: as the camera likes. */
export interface CameraSettings {
  /** False: the camera is closed, until it is switched on again. */
  readonly enabled: boolean;
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** FourCC that the camera is asked to deliver. */
  readonly format: string | undefined;
  /** Frames per second at most. */
  readonly fps: number | undefined;
  /** What is done to every picture of this camera before a viewer's own wishes. */
  readonly rendition: Rendition;
  /** The profile of control values in use, and those that there are. */
  readonly profile: string | undefined;
  readonly profiles: readonly string[];
}

/** Settings to change; `null` takes one back to what the camera likes, and a profile away. */
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

export interface CameraStatus {
  readonly name: string;
  /** Where the pictures come from, for people: `/dev/video0 (UVC Camera)`. Never holds a password. */
  readonly source: string;
  readonly state: CameraState;
  /** What went wrong last, while it has not got better. */
  readonly error: ErrorRecord | undefined;
  /** What the card says that viewers see instead of a picture, while they do: `CAMERA UNPLUGGED`. */
  readonly placeholder: string | undefined;
  readonly format: PixelFormat | undefined;
  /** What is done to every picture of this camera before a viewer's own wishes. */
  readonly rendition: Rendition;
  /** Frames a second that the source promises, and that came in the last seconds. */
  readonly fps: { readonly nominal: number | undefined; readonly measured: number };
  /** Frames since the start of the process. */
  readonly frames: { readonly captured: number; readonly dropped: Readonly<Record<string, number>> };
  /** Unix milliseconds of the newest frame the source gave, seen by anyone or not. */
  readonly lastFrameAt: number | undefined;
  /** Unix milliseconds since when the picture has not changed by a single sample, or undefined while it does. */
  readonly frozenSince: number | undefined;
  /** Times the source was started again after a failure. */
  readonly restarts: number;
  /** Failures by code, since the start of the process. */
  readonly failures: Readonly<Record<string, number>>;
  /** Seconds that encodes took, on their threads. */
  readonly encodeSeconds: HistogramReading;
}
