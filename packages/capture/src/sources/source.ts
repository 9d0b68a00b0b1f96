import type { CameraControl, JpegInfo, PixelFormat, StillSize } from '@framehub/frame';
import type { Doorbell, Opened, RawControlValues, SeenDevice, Still, ThreadData } from '../messages.js';
import type { SourceOptions, WarmUp } from '../options.js';
import type { DeviceControls } from './device-controls.js';

/**
 * Where frames come from, on the camera's thread. A source runs and fails, no more: it does not retry, does not know who
 * wants its frames, and is not used again after it has failed or was closed.
 */
export interface Source {
  /** Whether frames have to come: without one for a while, the source has stalled. False while it rests. */
  readonly expecting: boolean;
  /** Whether an unchanging image is a sign of a fault: with cameras, but not with files. */
  readonly lively: boolean;
  /** Absent where the source has none. */
  readonly controls?: DeviceControls;
  /** Whether frames are wanted. Without demand a source may rest, once it has given one frame. */
  demand(wanted: boolean): void;
  /**
   * One frame of another size, for which the source interrupts its stream where it must. Undefined where the stream has
   * this size already. Absent where the source has but one size. Rejects with a `CAPTURE_…` error and streams on.
   */
  still?(size: StillSize): Promise<Still | undefined>;
  /** Makes a `CAPTURE_…` error of what a call to the device has thrown; returns other errors unchanged. */
  explain?(error: unknown): unknown;
  /** Restores controls and closes everything. */
  close(): Promise<void>;
}

/** A frame that a source has, in memory that it lends. */
export interface SourceFrame {
  readonly bytes: Uint8Array;
  readonly format: PixelFormat;
  /** Rises from `firstSequence`; gaps are frames lost. */
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly capturedAt: number;
  /** Bytes that frames of this format may have at most, if that is known. */
  readonly maxBytes?: number;
  /** Structure of a JPEG, where the source has inspected it. */
  readonly jpeg?: JpegInfo;
}

/** What a source uses of its thread. */
export interface SourceHost {
  readonly cameraName: string;
  /** Sequence of the first frame. */
  readonly firstSequence: number;
  /** Rung when a command has come, for sources that sleep outside of the event loop. */
  readonly doorbell: Doorbell;
  opened(opened: Opened): void;
  /** The device that was opened before is absent; with what is to be remembered of it now. */
  missed(seen: SeenDevice): void;
  /** The stream has started anew, as after a still: the camera may have to warm up again. */
  restarted(): void;
  /** Takes a frame, and copies it where it is wanted. Borrows it until it returns. @returns whether it was copied */
  frame(frame: SourceFrame): boolean;
  /** Counts frames that were lost or are broken. */
  drop(reason: string, count?: number): void;
  log(level: 'info' | 'warn', message: string): void;
  /** Original values of controls that were changed; empty once they are restored. */
  originals(values: RawControlValues): void;
  /** Another program has changed the values of the named controls. */
  controlsChanged(controls: readonly CameraControl[], changed: readonly string[]): void;
  /**
   * The source has failed. Frames after it are ignored.
   *
   * @param error anything that was thrown: what is no `CAPTURE_…` error becomes `CAPTURE_INTERNAL`, and is logged
   */
  fail(error: unknown): void;
}

/** What a source is started with besides its options. */
export interface SourceStart extends Pick<ThreadData, 'controls' | 'originals' | 'seen'> {
  /** For stills that the source takes itself; the stream's warm-up is done by the frame outlet. */
  readonly warmup: WarmUp | undefined;
}

/**
 * Opens a source of any type. The code of a type is loaded only where it is used: V4L2's needs a native library.
 *
 * @throws a `CAPTURE_…` error
 */
export async function openSource(options: SourceOptions, host: SourceHost, start: SourceStart): Promise<Source> {
  switch (options.type) {
    case 'pattern':
      return new (await import('./pattern/pattern-source.js')).PatternSource(options, host, start);
    case 'v4l2':
      return new (await import('./v4l2/v4l2-source.js')).V4l2Source(options, host, start);
    case 'file':
      return (await import('./file/file-source.js')).FileSource.open(options, host);
    case 'http':
      return (await import('./http/http-source.js')).HttpSource.open(options, host);
  }
}
