import type { CameraControl, ControlValues, PixelFormat, StillSize } from '@framehub/frame';
import type { Doorbell } from '../doorbell.js';
import type { Opened, RawControlValues, SeenDevice, Still } from '../messages.js';

/**
 * Where pictures come from, on the camera's thread. A source runs and fails, no more: it does not retry,
 * it does not know who watches, and after it failed or was closed it is not used again.
 */
export interface Source {
  /**
   * True while frames have to come: without one for a while, the source has stalled. False for a source that rests.
   */
  readonly expecting: boolean;
  /** True when an unchanging picture is a sign of a fault: cameras, not files. */
  readonly lively: boolean;
  /** Whether anybody wants frames. A source may rest without demand, once it has given one frame. */
  demand(wanted: boolean): void;
  /** Present values. Throws `CAPTURE_NO_CONTROLS`. */
  controls(): readonly CameraControl[];
  /** All or none on bad names and values. */
  setControls(values: ControlValues): readonly CameraControl[];
  /** The same, with these in place of all that were wished for before: the others get their originals back. */
  replaceControls(values: ControlValues): readonly CameraControl[];
  /**
   * One frame of another size, for which the source interrupts its stream where it must. Undefined where it has but one
   * size, or streams this one already: the next frame will do. Rejects with a `CAPTURE_…` error and streams on.
   */
  still(size: StillSize): Promise<Still | undefined>;
  /** Puts controls back and lets go of everything. */
  close(): Promise<void>;
}

/** What a source has to do with the rest of the thread. */
export interface SourceHost {
  readonly cameraName: string;
  /** Sequence of the first frame. */
  readonly firstSequence: number;
  /** Rung when a command has come, for sources that sleep outside of the event loop. */
  readonly doorbell: Doorbell;
  opened(opened: Opened): void;
  /** The device that it was when it was opened before is not there; with what is to be remembered of it now. */
  missed(seen: SeenDevice): void;
  /** The stream has begun anew, as after a still: the camera may have to warm up again. */
  restarted(): void;
  /**
   * Takes a frame: copies it when somebody wants it, and counts it. Borrows `bytes` until it returns.
   * @param sequence rises from `firstSequence`; gaps are frames lost
   * @param capturedAt Unix milliseconds
   * @param roomFor bytes that frames of this format may have at most, if known
   * @returns whether somebody is given the frame
   */
  frame(bytes: Uint8Array, format: PixelFormat, sequence: number, capturedAt: number, roomFor?: number): boolean;
  /** Counts a frame that was lost or is not fit to be shown. */
  drop(reason: string, count?: number): void;
  log(level: 'info' | 'warn', message: string): void;
  /** Control values from before they were changed here; empty once they are put back. */
  originals(values: RawControlValues): void;
  /** Another program has changed values of these names. */
  controlsChanged(controls: readonly CameraControl[], changed: readonly string[]): void;
  /**
   * The source's end. Frames after it are ignored.
   * @param error anything that was thrown: what is no `CAPTURE_…` error becomes `CAPTURE_INTERNAL`, and is logged
   */
  fail(error: unknown): void;
}
