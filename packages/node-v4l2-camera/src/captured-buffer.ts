/** One dequeued frame: a view of memory that the driver will write to again after `requeue`. */
export interface CapturedBuffer {
  /** The buffer's place in the queue. */
  readonly index: number;
  /** Borrowed until `requeue`, `stop` or `close`: the payload of the first plane. Copy what is to be kept. */
  readonly bytes: Uint8Array;
  /** Borrowed likewise: the payload of each plane of memory; one, but for multi-planar formats. */
  readonly planes: readonly Uint8Array[];
  /** Of all planes. May be less than the format's `sizeImage`: compressed frames are, and cut ones. */
  readonly bytesUsed: number;
  /** Counts the camera's frames from the start of streaming; a gap is frames that the driver lost. */
  readonly sequence: number;
  /** When the frame was taken, in microseconds of `clock`. */
  readonly timestampUs: number;
  /** `monotonic`: CLOCK_MONOTONIC, as `process.hrtime` tells it. */
  readonly clock: 'monotonic' | 'unknown';
  /** The driver says that the content is damaged (V4L2_BUF_FLAG_ERROR). */
  readonly error: boolean;
  /** The driver says that this compressed frame needs no other (V4L2_BUF_FLAG_KEYFRAME). */
  readonly keyframe: boolean;
}
