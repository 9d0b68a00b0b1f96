import type { CameraControl, ErrorRecord, FrameRef, PixelFormat } from '@framehub/frame';
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
  readonly controls: Readonly<Record<string, number>>;
  /** Control values from before anybody here changed them, which a thread that died could not put back. */
  readonly originals: Readonly<Record<string, number>>;
}

export type Command =
  /** Somebody wants frames, for the so manieth time; 0: nobody does. */
  | { readonly type: 'demand'; readonly demand: number }
  | { readonly type: 'controls'; readonly id: number }
  | { readonly type: 'set-controls'; readonly id: number; readonly values: Readonly<Record<string, number>> }
  /** Put the controls back, close the source and end the thread. */
  | { readonly type: 'stop' };

export type ThreadMessage =
  | ({ readonly type: 'opened' } & Opened)
  /** Frames from now on are in this ring. */
  | { readonly type: 'ring'; readonly buffer: SharedArrayBuffer; readonly format: PixelFormat }
  /** For the demand of that number: one that comes after its demand has gone is nobody's. */
  | ({ readonly type: 'frame'; readonly demand: number } & FrameRef)
  | ({ readonly type: 'report' } & Report)
  | { readonly type: 'reply'; readonly id: number; readonly controls: readonly CameraControl[] }
  | { readonly type: 'refusal'; readonly id: number; readonly error: ErrorRecord }
  /** Controls that differ from what the camera had; empty once they are put back. */
  | { readonly type: 'originals'; readonly values: Readonly<Record<string, number>> }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string }
  /** The source's end. The thread exits after it. */
  | { readonly type: 'failed'; readonly error: ErrorRecord };

/** What a source says of itself once it is open. */
export interface Opened {
  /** For people: `/dev/video0 (UVC Camera)`. */
  readonly label: string;
  /** Frames a second that it promises, if it does. */
  readonly fps: number | undefined;
}

/** How a thread is. Sent a few times a second, which is also its sign of life. */
export interface Report {
  /** Frames the source gave since the thread began, seen by anyone or not. */
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
