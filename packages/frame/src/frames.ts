import type { Subscription } from './async/index.js';
import type { JpegInfo } from './jpeg.js';
import type { PixelFormat } from './pixel-format.js';

/** What every frame on a topic has: its place in the order of frames and the time it was taken. */
export interface Sequenced {
  /** Rises by one a frame at the camera; a gap is a frame that the camera or its driver lost. Starts anywhere. */
  readonly sequence: number;
  /** Unix time of capture in milliseconds, with a fraction. */
  readonly capturedAt: number;
  /**
   * What the frame says when it is a card shown while there is no picture: `CAMERA UNPLUGGED`. Absent on pictures.
   * For viewers' eyes: nobody stores it, and a snapshot is refused instead.
   */
  readonly placeholder?: string | undefined;
}

/** A frame of camera data that stays in its ring: a reference, worth nothing once the writer has lapped it. */
export interface RawFrame extends Sequenced {
  readonly format: PixelFormat;
  /** Bytes of this frame within its slot. */
  readonly byteLength: number;
  /**
   * Structure of a JPEG, as {@link inspectJpeg} found it in the bytes that a lease gives: a reader need not inspect them
   * again. Absent for raw formats, and where the writer has not inspected them.
   */
  readonly jpeg?: JpegInfo | undefined;
  /**
   * Takes a lease on the slot, so that the writer leaves it alone. Returns undefined when the writer has reused it
   * already: the frame is gone, count a drop. Whoever holds a lease releases it, exactly once.
   */
  lease(): Lease | undefined;
}

/** The right to read one slot of a ring. */
export interface Lease {
  /** Borrowed: the frame's bytes in shared memory, valid until `release`. Never hand them to a socket. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  release(): void;
}

/** A finished JPEG. Immutable; shared by every viewer; freed by the garbage collector. */
export interface JpegFrame extends Sequenced {
  /** A complete JPEG file with its Huffman tables, in memory of its own (never a ring slot). */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * Makes frames while there is demand: a camera, a rendition.
 *
 * `start` is called when the first consumer subscribes; the subscription that it returns is closed when the last one
 * has left. A producer never delivers before `start` has returned.
 */
export interface Producer<T> {
  start(sink: (frame: T) => void): Subscription;
}

/** Something that frames can be had from: a topic. */
export interface Subscribable<T> {
  subscribe(listener: (frame: T) => void): Subscription;
}
