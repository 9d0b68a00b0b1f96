import type { Subscription } from './async/index.js';
import type { JpegInfo } from './jpeg.js';
import type { PixelFormat } from './pixel-format.js';

/** What every frame of a topic has: its number in the sequence of frames, and its capture time. */
export interface Sequenced {
  /** Rises by one with each frame of the camera; a gap is a lost frame. May start at any number. */
  readonly sequence: number;
  /** Unix time of capture in milliseconds, with a fraction. */
  readonly capturedAt: number;
  /**
   * Text of a placeholder, which is shown while the camera delivers no frames: `CAMERA UNPLUGGED`. Absent for frames of a camera.
   * A placeholder is only for display: it is never stored, and a snapshot is refused instead.
   */
  readonly placeholder?: string | undefined;
}

/** A reference to a frame in a ring, which becomes invalid when the writer reuses the slot. */
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
   * Leases the slot, so that the writer does not reuse it. Returns owned: to be released by the caller.
   *
   * @returns undefined if the slot was reused already: the frame is lost, count it as dropped (`overrun`)
   */
  lease(): Lease | undefined;
}

/** The right to read one slot of a ring, until it is released. */
export interface Lease {
  /** Borrowed: the frame's bytes in shared memory, valid until `release`. Never write them to a socket, which reads them later. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Gives the slot back to the writer. May be called more than once. */
  release(): void;
}

/** A finished JPEG. Immutable, shared by all viewers, freed by the garbage collector. */
export interface JpegFrame extends Sequenced {
  /** A complete JPEG file with its Huffman tables, in its own memory (never a ring slot). Borrowed: never change it. */
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
  /**
   * @param sink called with each frame
   * @returns closed to stop the producer
   */
  start(sink: (frame: T) => void): Subscription;
}

/** A source of frames, such as a topic. */
export interface Subscribable<T> {
  /** @param listener called with each frame, never before `subscribe` has returned */
  subscribe(listener: (frame: T) => void): Subscription;
}
