import type { ValueOf } from './abi/cell.js';
import { list, struct } from './abi/layout.js';
import {
  BufferFlag,
  BufferType,
  DQBUF,
  int,
  MAX_PLANES,
  MEMORY_MMAP,
  POLLIN,
  pollfd,
  QBUF,
  QUERYBUF,
  QUERYCAP,
  REQBUFS,
  STREAMOFF,
  STREAMON,
  v4l2_buffer,
  v4l2_capability,
  v4l2_plane,
  v4l2_requestbuffers,
} from './abi/videodev2.js';
import type { DeviceFile } from './device-file.js';
import { Errno, type V4l2Error } from './error.js';

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

type PlaneFields = ValueOf<typeof v4l2_plane>;
interface PlanesFields {
  readonly [index: number]: PlaneFields;
}

/** A mapped buffer of the driver. The same object carries one frame after the other. */
class MappedBuffer implements CapturedBuffer {
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
    const address = libc.mmap({ length, protection: PROT_READ | PROT_WRITE, flags: MAP_SHARED, fd, offset });
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

/** What `V4l2Camera.frames` yields, and how long it waits. */
export interface FramesOptions {
  /** How long to wait for each frame, in milliseconds. @default 5000 */
  readonly timeoutMs?: number | undefined;
  /** Skip all frames but the newest when several are ready, instead of yielding every frame. @default false */
  readonly newest?: boolean | undefined;
  /** Checked before each wait. It cannot interrupt a wait, because that blocks the thread: `timeoutMs` limits it. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_POLL_MS = 0x7fff_ffff;
const plane_array = struct({ plane: list(v4l2_plane, MAX_PLANES) });

/** The driver's queue of buffers, mapped and streaming until `stop`. */
export class BufferQueue {
  readonly #file: DeviceFile;
  readonly #type: number;
  readonly #pollfd;
  readonly #buffer;
  readonly #planes;
  readonly #enqueue: () => number;
  readonly #dequeue: () => number;
  #buffers: MappedBuffer[] = [];
  #held = 0;

  private constructor(file: DeviceFile, type: number) {
    this.#file = file;
    this.#type = type;
    this.#pollfd = file.allocate(pollfd);
    this.#buffer = file.allocate(v4l2_buffer);
    this.#planes = file.allocate(plane_array);
    this.#enqueue = file.prepare(QBUF, this.#buffer);
    this.#dequeue = file.prepare(DQBUF, this.#buffer);
  }

  /**
   * Allocates, maps and queues buffers and starts the stream. Releases everything when it throws.
   *
   * @param type one of `BufferType`
   * @param count the driver may give more or fewer
   */
  static start(file: DeviceFile, type: number, count: number): BufferQueue {
    const queue = new BufferQueue(file, type);
    try {
      const granted = queue.#requestBuffers(count);
      if (granted === 0) throw file.error(Errno.ENOMEM, REQBUFS.name);
      for (let index = 0; index < granted; index++) queue.#buffers.push(queue.#map(index));
      for (const { index } of queue.#buffers) queue.#queue(index);
      file.call(STREAMON, queue.#typeCell());
      return queue;
    } catch (error) {
      queue.stop();
      throw error;
    }
  }

  /** Returns the oldest frame, or undefined when none arrived in time. Throws V4l2Error, `ENODEV` once the camera is gone. */
  dequeue(timeoutMs: number): CapturedBuffer | undefined {
    if (this.#held === this.#buffers.length) {
      throw this.#file.error(Errno.EINVAL, DQBUF.name, `all ${this.#held} buffers are dequeued: requeue one first`);
    }
    const events = this.#poll(timeoutMs);
    if (events === 0) return undefined;
    const { fields } = this.#prepareBuffer(0);
    const errno = this.#dequeue();
    // Another thread of the driver may have withdrawn the buffer that poll reported.
    if (errno === Errno.EAGAIN && events === POLLIN) return undefined;
    if (errno) throw this.#dequeueError(errno);
    const buffer = this.#buffers[fields.index];
    if (!buffer) throw this.#file.error(Errno.EIO, DQBUF.name);
    buffer.fill(fields, this.#loadPlanes());
    this.#held += 1;
    return buffer;
  }

  /** Gives a dequeued buffer back to the driver. Throws V4l2Error `EINVAL` for one that is not dequeued from here. */
  requeue(buffer: CapturedBuffer): void {
    const own = this.#buffers[buffer.index];
    if (own !== buffer || !own.held) {
      throw this.#file.error(Errno.EINVAL, QBUF.name, `buffer ${buffer.index} is not dequeued`);
    }
    own.empty();
    this.#held -= 1;
    this.#queue(own.index);
  }

  /** See `V4l2Camera.frames`. */
  *frames({ timeoutMs = 5000, newest = false, signal }: FramesOptions): Generator<CapturedBuffer, void, undefined> {
    while (this.#buffers.length > 0) {
      signal?.throwIfAborted();
      let frame = this.#waitForFrame(timeoutMs);
      try {
        while (newest && this.#held < this.#buffers.length) {
          const newer = this.dequeue(0);
          if (!newer) break;
          frame[Symbol.dispose]();
          frame = newer;
        }
        yield frame;
      } finally {
        frame[Symbol.dispose]();
      }
    }
  }

  /** Stops the stream, unmaps and frees the buffers. Idempotent; never throws: an unplugged camera has stopped already. */
  stop(): void {
    this.#file.attempt(STREAMOFF, this.#typeCell());
    for (const buffer of this.#buffers.splice(0)) buffer.unmap();
    this.#held = 0;
    this.#file.attempt(REQBUFS, this.#requestCell(0));
  }

  #waitForFrame(timeoutMs: number): CapturedBuffer {
    const end = performance.now() + timeoutMs;
    for (let left = timeoutMs; ; left = end - performance.now()) {
      const frame = this.dequeue(left);
      if (frame) return frame;
      if (left <= 0 || performance.now() >= end) {
        throw this.#file.error(Errno.ETIMEDOUT, 'poll', `no frame arrived within ${timeoutMs} ms`);
      }
    }
  }

  /** Blocks this thread. Returns the events that poll reports: POLLIN or errors, or 0 after the timeout. */
  #poll(timeoutMs: number): number {
    const { libc, fd } = this.#file;
    const { fields, memory } = this.#pollfd;
    const end = performance.now() + timeoutMs;
    fields.fd = fd;
    fields.events = POLLIN;
    for (let left = timeoutMs; ; left = end - performance.now()) {
      // For poll, a negative timeout is an infinite one.
      const ready = libc.poll(memory, 1, Math.min(Math.max(0, Math.ceil(left)), MAX_POLL_MS));
      if (ready > 0) return fields.revents;
      if (ready === 0) return 0;
      const errno = libc.errno();
      if (errno !== Errno.EINTR) throw this.#file.error(errno, 'poll');
    }
  }

  #requestBuffers(count: number): number {
    const cell = this.#requestCell(count);
    this.#file.call(REQBUFS, cell);
    return cell.fields.count;
  }

  #requestCell(count: number) {
    const cell = this.#file.allocate(v4l2_requestbuffers);
    Object.assign(cell.fields, { count, type: this.#type, memory: MEMORY_MMAP });
    return cell;
  }

  #typeCell() {
    const cell = this.#file.allocate(int);
    cell.fields.value = this.#type;
    return cell;
  }

  #map(index: number): MappedBuffer {
    const { fields } = this.#prepareBuffer(index);
    this.#file.call(QUERYBUF, this.#buffer);
    const count = this.#type === BufferType.VIDEO_CAPTURE ? 1 : fields.length;
    const planes = this.#loadPlanes();
    const buffer = new MappedBuffer(this.#file, index, (held) => this.requeue(held));
    try {
      for (let i = 0; i < count; i++) {
        const { length, m } = planes[i] as PlaneFields;
        buffer.map(length, m.mem_offset);
      }
    } catch (error) {
      buffer.unmap();
      throw error;
    }
    return buffer;
  }

  #queue(index: number): void {
    this.#prepareBuffer(index);
    const errno = this.#enqueue();
    if (errno) throw this.#file.error(errno, QBUF.name);
  }

  /** Fills the shared v4l2_buffer for a request about one buffer. */
  #prepareBuffer(index: number) {
    const { fields } = this.#buffer;
    this.#buffer.clear();
    fields.index = index;
    fields.type = this.#type;
    fields.memory = MEMORY_MMAP;
    if (this.#type === BufferType.VIDEO_CAPTURE_MPLANE) {
      this.#planes.clear();
      fields.m.planes = this.#file.libc.addressOf(this.#planes.memory);
      fields.length = MAX_PLANES;
    }
    return this.#buffer;
  }

  /** The planes of the buffer in the shared v4l2_buffer. A single-planar buffer has one plane: itself. */
  #loadPlanes() {
    const { plane } = this.#planes.fields;
    if (this.#type === BufferType.VIDEO_CAPTURE) {
      const { fields } = this.#buffer;
      const only = plane[0] as PlaneFields;
      only.bytesused = fields.bytesused;
      only.length = fields.length;
      only.m.mem_offset = fields.m.offset;
    }
    return plane;
  }

  /** While a camera is being unplugged, the kernel may return EINVAL, EIO or EAGAIN first: check whether it is gone. */
  #dequeueError(errno: number): V4l2Error {
    const gone = this.#file.attempt(QUERYCAP, this.#file.allocate(v4l2_capability)) === Errno.ENODEV;
    return this.#file.error(gone ? Errno.ENODEV : errno === Errno.EAGAIN ? Errno.EIO : errno, DQBUF.name);
  }
}
