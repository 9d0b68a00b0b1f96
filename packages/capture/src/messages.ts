import type {
  CameraControl,
  ControlValue,
  ControlValues,
  ErrorRecord,
  FrameRef,
  JpegInfo,
  PixelFormat,
  RawFrame,
  StillSize,
} from '@framehub/frame';
import type { CaptureOptions } from './options.js';

/** Everything that passes between a camera's thread and the main thread. */

/** What a thread is started with. */
export interface ThreadData {
  readonly camera: CaptureOptions;
  /** Memory of a {@link Doorbell}, which is rung after each command. */
  readonly doorbell: SharedArrayBuffer;
  /** The first frame's sequence, so that sequences rise over the life of the camera and not of one thread. */
  readonly firstSequence: number;
  /** Values set while the camera ran, over those of the options. */
  readonly controls: ControlValues;
  /** Control values from before framehub changed them, which a thread that died could not restore. */
  readonly originals: RawControlValues;
  /** The device that was opened before under this name. */
  readonly seen: SeenDevice | undefined;
}

export type RawControlValues = Readonly<Record<string, ControlValue>>;

/** What identifies a device when it is looked for again. */
export interface SeenDevice {
  /** Where it is plugged in, after V4L2's bus_info: `usb-0000:00:14.0-1`. */
  readonly port: string;
  readonly usb: { readonly vendorId: string; readonly productId: string; readonly serial?: string } | undefined;
  /** Other ports with an identical device, now or earlier: the same model, without a serial number or with the same. */
  readonly others?: readonly string[];
  /** It has been looked for since, and not been found. */
  readonly missed?: boolean;
}

/** A command that the thread answers. */
export type Request =
  | { readonly type: 'controls' }
  | { readonly type: 'set-controls'; readonly values: ControlValues }
  /** Values in place of all that were set until now: the other controls get their original values back. */
  | { readonly type: 'replace-controls'; readonly values: ControlValues }
  | { readonly type: 'still'; readonly size: StillSize };

export type ReplyTo<R extends Request> = R['type'] extends 'still' ? Still : readonly CameraControl[];

export type Command =
  /** Number of the present demand; 0: no frames are wanted. */
  | { readonly type: 'demand'; readonly demand: number }
  | (Request & { readonly id: number })
  /** Restore the controls, close the source and end the thread. */
  | { readonly type: 'stop' };

/** What a thread reports without being asked. */
export type ThreadReport =
  | ({ readonly type: 'opened' } & Opened)
  /** The device that was opened before is absent. */
  | { readonly type: 'missed'; readonly seen: SeenDevice }
  | ({ readonly type: 'report' } & Report)
  /** Another program has changed the values of the named controls. */
  | {
      readonly type: 'controls-changed';
      readonly controls: readonly CameraControl[];
      readonly changed: readonly string[];
    }
  /** Original values of controls that were changed; empty once they are restored. */
  | { readonly type: 'originals'; readonly values: RawControlValues }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };

export type ThreadMessage =
  | ThreadReport
  /** Frames from now on are in this ring. */
  | { readonly type: 'ring'; readonly buffer: SharedArrayBuffer; readonly format: PixelFormat }
  /** For the demand of that number: a frame of an earlier demand is discarded. */
  | ({ readonly type: 'frame'; readonly demand: number } & FrameRef)
  | { readonly type: 'reply'; readonly id: number; readonly controls: readonly CameraControl[] }
  | { readonly type: 'still'; readonly id: number; readonly still: Still }
  | { readonly type: 'refusal'; readonly id: number; readonly error: ErrorRecord }
  /** The source has failed. The thread exits after it. */
  | { readonly type: 'failed'; readonly error: ErrorRecord };

/** What a source reports once it is open. */
export interface Opened {
  /** Human-readable: `/dev/video0 (UVC Camera)`. */
  readonly label: string;
  /** Nominal frame rate, if it is known. */
  readonly fps: number | undefined;
  /** What identifies the device, for sources that are devices. */
  readonly seen?: SeenDevice;
}

/** One frame outside of the ring. */
export interface Still {
  /** Owned by the receiver. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly format: PixelFormat;
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly capturedAt: number;
  /** Structure of `bytes`, for JPEG. */
  readonly jpeg?: JpegInfo | undefined;
}

/** A still as a frame. Its memory is never overwritten, so any number of leases may be taken and none needs releasing. */
export function frameOf({ bytes, format, sequence, capturedAt, jpeg }: Still): RawFrame {
  const lease = { bytes, release: () => {} };
  return { format, byteLength: bytes.length, sequence, capturedAt, jpeg, lease: () => lease };
}

/** Counts and present state of a thread. Sent a few times a second, also as a sign of life. */
export interface Report {
  /** Frames since the thread began, delivered or not; frames of the warm-up are drops instead. */
  readonly captured: number;
  /** Drops since the last report, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly format: PixelFormat | undefined;
  /** Of the newest frame. */
  readonly sequence: number | undefined;
  /** Unix milliseconds. */
  readonly lastFrameAt: number | undefined;
  /** Unix milliseconds. */
  readonly frozenSince: number | undefined;
}

/** Index of the one word of a doorbell: how often it was rung. */
const RINGS = 0;

/**
 * Wakes a thread that sleeps outside of its event loop, where no message can reach it. Send the message first, then ring.
 */
export class Doorbell {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;
  #heard = 0;

  /** @param buffer of the other thread's doorbell; by default a new one */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  ring(): void {
    Atomics.add(this.#words, RINGS, 1);
    Atomics.notify(this.#words, RINGS);
  }

  /** To be called before the turn of the event loop in which messages are read, so that no later ring is missed. */
  listen(): void {
    this.#heard = Atomics.load(this.#words, RINGS);
  }

  /** Blocks this thread until the bell has been rung since `listen`, or for so many milliseconds. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, RINGS, this.#heard, milliseconds);
  }
}
