import type { ErrorRecord } from './errors.js';
import type { HistogramReading } from './histogram.js';
import type { PixelFormat } from './pixel-format.js';
import type { Rendition } from './rendition.js';

/** What gateways may know of the house: its cameras, their state, and what can be asked of them. Frames come from the broker. */
export interface Hub {
  readonly version: string;
  /** In the order of the configuration; a camera's place is its number in addresses. */
  cameras(): readonly CameraView[];
  /** The codec that makes JPEGs, for people: `libjpeg-turbo 3.1.2`. */
  readonly codec: string;
  /** JPEG quality of pictures that are encoded here, where nobody asks for another; 1 to 100. */
  readonly quality: number;
}

/**
 * - `starting`: opening, or waiting for the first frame
 * - `live`: frames come
 * - `asleep`: nobody watches, so the camera is closed
 * - `waiting`: failed or gone; it is tried again after a while
 * - `closed`: for good
 */
export type CameraState = 'starting' | 'live' | 'asleep' | 'waiting' | 'closed';

export interface CameraView {
  /** Letters, digits, `-` and `_`: usable in an address and in a topic. */
  readonly name: string;
  status(): CameraStatus;
  /** The camera's controls with their present values. Rejects with `CAPTURE_NO_CONTROLS` where the source has none. */
  controls(): Promise<readonly CameraControl[]>;
  /** Sets controls by name, all or none on bad names and values, and returns all of them as read back. */
  setControls(values: Readonly<Record<string, number>>): Promise<readonly CameraControl[]>;
}

export interface CameraStatus {
  readonly name: string;
  /** Where the pictures come from, for people: `/dev/video0 (UVC Camera)`. Never holds a password. */
  readonly source: string;
  readonly state: CameraState;
  /** What went wrong last, while it has not got better. */
  readonly error: ErrorRecord | undefined;
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
  /** Seconds that encodes took, on their threads. */
  readonly encodeSeconds: HistogramReading;
}

/** One setting of a camera: brightness, exposure … after V4L2's controls. */
export interface CameraControl {
  /** V4L2's name in lower case with underscores, as v4l2-ctl prints it: `exposure_time_absolute`. */
  readonly name: string;
  /** For people: `Exposure Time, Absolute`. */
  readonly label: string;
  readonly type: 'integer' | 'boolean' | 'menu' | 'button' | 'integer64' | 'bitmask' | 'other';
  readonly value: number | undefined;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  readonly default: number;
  readonly menu: readonly { readonly value: number; readonly label: string }[] | undefined;
  readonly inactive: boolean;
  readonly readOnly: boolean;
}
