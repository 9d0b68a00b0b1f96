import type { ValueOf } from './abi/cell.js';
import { BufferFlag, type v4l2_buffer, type v4l2_plane } from './abi/videodev2.js';
import type { DeviceFile } from './device-file.js';

/**
 * One dequeued frame, *lent*: its bytes are the driver's own memory, valid until `requeue`, `stop` or `close`. Disposing
 * it requeues it, if that has not happened yet.
 *
 * @example
 * using frame = camera.dequeue(2000); // requeued at the end of the block
 * if (frame) socket.write(Buffer.from(frame.bytes)); // a copy
 */
export interface CapturedBuffer extends Disposable {
  /** The buffer's position in the driver's queue. */
  readonly index: number;
  /** Borrowed: the payload of the first plane. Empty after `requeue`. Copy what you keep. */
  readonly bytes: Uint8Array;
  /** Borrowed: the payload of each plane of memory. One plane, except with multi-planar formats. */
  readonly planes: readonly Uint8Array[];
  /** Payload of all planes together, in bytes. Less than the format's `sizeImage` if compressed or truncated. */
  readonly bytesUsed: number;
  /** Number of this frame since streaming started. A gap means that the driver lost frames. */
  readonly sequence: number;
  /** Capture time in microseconds of `clock`. */
  readonly timestampUs: number;
  /** `monotonic`: CLOCK_MONOTONIC, the clock of `process.hrtime`. */
  readonly clock: 'monotonic' | 'unknown';
  /** The driver reports damaged content (V4L2_BUF_FLAG_ERROR). */
  readonly error: boolean;
  /** The driver reports a compressed frame that depends on no other (V4L2_BUF_FLAG_KEYFRAME). */
  readonly keyframe: boolean;
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const NO_BYTES = new Uint8Array(0);

/** One plane of the driver's memory, mapped into this process. */
interface Mapping {
  readonly address: bigint;
  readonly length: number;
  readonly memory: ArrayBuffer;
}

export type PlaneFields = ValueOf<typeof v4l2_plane>;
export interface PlanesFields {
  readonly [index: number]: PlaneFields;
}

/** A mapped buffer of the driver. The same object carries one frame after the other. */
export class MappedBuffer implements CapturedBuffer {
  readonly index: number;
  bytes = NO_BYTES;
  planes: Uint8Array<ArrayBuffer>[] = [];
  bytesUsed = 0;
  sequence = 0;
  timestampUs = 0;
  clock: CapturedBuffer['clock'] = 'unknown';
  error = false;
  keyframe = false;
  /** Dequeued, and not requeued yet. */
  held = false;
  readonly #file: DeviceFile;
  readonly #requeue: (buffer: MappedBuffer) => void;
  readonly #mappings: Mapping[] = [];

  /** @param requeue called when a held buffer is disposed */
  constructor(file: DeviceFile, index: number, requeue: (buffer: MappedBuffer) => void) {
    this.#file = file;
    this.index = index;
    this.#requeue = requeue;
  }

  /** Maps the next plane. Throws V4l2Error. */
  map(length: number, offset: number): void {
    const { libc, fd } = this.#file;
    // Some drivers refuse mappings that cannot be written to.
    const address = libc.mmap(length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
    if (address === undefined) throw this.#file.error(libc.errno(), 'mmap');
    this.#mappings.push({ address, length, memory: libc.view(address, length) });
  }

  /** Copies the frame's description from the driver's structs. */
  fill(buffer: ValueOf<typeof v4l2_buffer>, planes: PlanesFields): void {
    const { flags, timestamp } = buffer;
    this.bytesUsed = 0;
    for (let i = 0; i < this.#mappings.length; i++) {
      const { memory, length } = this.#mappings[i] as Mapping;
      const { bytesused, data_offset } = planes[i] as PlaneFields;
      const end = Math.min(bytesused, length);
      const start = Math.min(data_offset, end);
      this.planes[i] = new Uint8Array(memory, start, end - start);
      this.bytesUsed += end - start;
    }
    this.bytes = this.planes[0] ?? NO_BYTES;
    this.sequence = buffer.sequence;
    this.timestampUs = timestamp.tv_sec * 1_000_000 + timestamp.tv_usec;
    this.clock = (flags & BufferFlag.TIMESTAMP_MASK) === BufferFlag.TIMESTAMP_MONOTONIC ? 'monotonic' : 'unknown';
    this.error = (flags & BufferFlag.ERROR) !== 0;
    this.keyframe = (flags & BufferFlag.KEYFRAME) !== 0;
    this.held = true;
  }

  /** Drops the frame, so that code that still has this object cannot read the next one. */
  empty(): void {
    this.bytes = NO_BYTES;
    this.planes.fill(NO_BYTES);
    this.bytesUsed = 0;
    this.held = false;
  }

  unmap(): void {
    this.empty();
    for (const { address, length } of this.#mappings.splice(0)) this.#file.libc.munmap(address, length);
  }

  [Symbol.dispose](): void {
    if (this.held) this.#requeue(this);
  }
}
