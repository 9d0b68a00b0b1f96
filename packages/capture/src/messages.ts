import type {
  CameraControl,
  ControlValue,
  ControlValues,
  ErrorRecord,
  FrameRef,
  PixelFormat,
  StillSize,
} from '@framehub/frame';
import type { CameraOptions } from './options.js';

/** Everything that passes between a camera's thread and the main thread. */

/** What a thread is started with. */
export interface ThreadData {
  readonly camera: CameraOptions;
  /** Rung after each command: see Doorbell. */
  readonly doorbell: SharedArrayBuffer;
  /** The first frame's sequence, so that sequences rise over the life of the camera and not of one thread. */
  readonly firstSequence: number;
  /** Values set while it ran, over those of the options. */
  readonly controls: ControlValues;
  /** Control values from before anybody here changed them, which a thread that died could not put back. */
  readonly originals: RawControlValues;
  /** The camera that this one was, when it was opened before. */
  readonly seen: SeenDevice | undefined;
}

export type RawControlValues = Readonly<Record<string, ControlValue>>;

/** By what a camera is known again. */
export interface SeenDevice {
  /** Where it is plugged in, after V4L2's bus_info: `usb-0000:00:14.0-1`. */
  readonly port: string;
  readonly usb: { readonly vendorId: string; readonly productId: string; readonly serial?: string } | undefined;
  /** Other ports where an equal one is or was: the same model, without a serial number or with the same. */
  readonly others?: readonly string[];
  /** It was looked for since, and not found. */
  readonly missed?: boolean;
}

export type Command =
  /** Somebody wants frames, for the so manieth time; 0: nobody does. */
  | { readonly type: 'demand'; readonly demand: number }
  | { readonly type: 'controls'; readonly id: number }
  | { readonly type: 'set-controls'; readonly id: number; readonly values: ControlValues }
  /** These instead of all that were wished for until now: those that are no longer wished for get their originals back. */
  | { readonly type: 'replace-controls'; readonly id: number; readonly values: ControlValues }
  | { readonly type: 'still'; readonly id: number; readonly size: StillSize }
  /** Put the controls back, close the source and end the thread. */
  | { readonly type: 'stop' };

export type ThreadMessage =
  | ({ readonly type: 'opened' } & Opened)
  /** The camera that it was is not there. */
  | { readonly type: 'missed'; readonly seen: SeenDevice }
  /** Frames from now on are in this ring. */
  | { readonly type: 'ring'; readonly buffer: SharedArrayBuffer; readonly format: PixelFormat }
  /** For the demand of that number: one that comes after its demand has gone is nobody's. */
  | ({ readonly type: 'frame'; readonly demand: number } & FrameRef)
  | ({ readonly type: 'report' } & Report)
  | { readonly type: 'reply'; readonly id: number; readonly controls: readonly CameraControl[] }
  /** Undefined: the next frame of the stream is as good. */
  | { readonly type: 'still'; readonly id: number; readonly still: Still | undefined }
  /** Another program has changed values of these names. */
  | {
      readonly type: 'controls-changed';
      readonly controls: readonly CameraControl[];
      readonly changed: readonly string[];
    }
  | { readonly type: 'refusal'; readonly id: number; readonly error: ErrorRecord }
  /** Controls that differ from what the camera had; empty once they are put back. */
  | { readonly type: 'originals'; readonly values: RawControlValues }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
  /** The source's end. The thread exits after it. */
  | { readonly type: 'failed'; readonly error: ErrorRecord };

/** What a source says of itself once it is open. */
export interface Opened {
  /** For people: `/dev/video0 (UVC Camera)`. */
  readonly label: string;
  /** Frames a second that it promises, if it does. */
  readonly fps: number | undefined;
  /** For sources that are devices: by what it is known again. */
  readonly seen?: SeenDevice;
}

/** One frame taken out of turn. */
export interface Still {
  /** Owned by whoever gets it. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly format: PixelFormat;
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly capturedAt: number;
}

/** How a thread is. Sent a few times a second, which is also its sign of life. */
export interface Report {
  /** Frames the source gave since the thread began, seen by anyone or not; those of its warm-up are drops. */
  readonly captured: number;
  /** Drops since the last report, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly format: PixelFormat | undefined;
  /** The newest frame's. */
  readonly sequence: number | undefined;
  /** Unix milliseconds. */
  readonly lastFrameAt: number | undefined;
  /** Unix milliseconds. */
  readonly frozenSince: number | undefined;
}
