import {
  BufferType,
  DQBUF,
  int,
  MEMORY_MMAP,
  QBUF,
  QUERYBUF,
  REQBUFS,
  STREAMOFF,
  STREAMON,
  v4l2_buffer,
  v4l2_plane,
  v4l2_requestbuffers,
} from './abi/buffer.js';
import { QUERYCAP, v4l2_capability } from './abi/capability.js';
import type { ValueOf } from './abi/cell.js';
import { MAX_PLANES } from './abi/format.js';
import { list, struct } from './abi/layout.js';
import { POLLIN } from './abi/poll.js';
import type { CapturedBuffer } from './captured-buffer.js';
import type { DeviceFile } from './device-file.js';
import { V4l2Error } from './error.js';
import { MappedBuffer } from './mapped-buffer.js';
import { Poller } from './poller.js';

const EIO = 5;
const EAGAIN = 11;
const ENOMEM = 12;
const ENODEV = 19;
const EINVAL = 22;

const plane_array = struct({ plane: list(v4l2_plane, MAX_PLANES) });
type PlaneFields = ValueOf<typeof v4l2_plane>;

/** The driver's queue of buffers, mapped and streaming until `stop`. */
export class BufferQueue {
  readonly #file: DeviceFile;
  readonly #type: number;
  readonly #poller: Poller;
  readonly #buffer;
  readonly #planes;
  readonly #enqueue: () => number;
  readonly #dequeue: () => number;
  #buffers: MappedBuffer[] = [];
  #held = 0;

  private constructor(file: DeviceFile, type: number) {
    this.#file = file;
    this.#type = type;
    this.#poller = new Poller(file);
    this.#buffer = file.allocate(v4l2_buffer);
    this.#planes = file.allocate(plane_array);
    this.#enqueue = file.prepare(QBUF, this.#buffer);
    this.#dequeue = file.prepare(DQBUF, this.#buffer);
  }

  /**
   * Allocates, maps and queues buffers and starts the stream. Leaves nothing behind when it throws.
   *
   * @param type one of `BufferType`
   * @param count the driver may give more or fewer
   */
  static start(file: DeviceFile, type: number, count: number): BufferQueue {
    const queue = new BufferQueue(file, type);
    try {
      const granted = queue.#request(count);
      if (granted === 0) throw file.error(ENOMEM, REQBUFS.name);
      for (let index = 0; index < granted; index++) queue.#buffers.push(queue.#map(index));
      for (const { index } of queue.#buffers) queue.#give(index);
      queue.#switch(STREAMON);
      return queue;
    } catch (error) {
      queue.stop();
      throw error;
    }
  }

  /** Returns the oldest frame, or undefined when none came in time. Throws V4l2Error, `ENODEV` once the camera is gone. */
  dequeue(timeoutMs: number): CapturedBuffer | undefined {
    if (this.#held === this.#buffers.length) {
      throw this.#misuse(DQBUF.name, `all ${this.#held} buffers are dequeued: requeue one first`);
    }
    const events = this.#poller.wait(timeoutMs);
    if (events === 0) return undefined;
    const { fields } = this.#address(0);
    const errno = this.#dequeue();
    // Another thread of the driver's may have taken back what poll saw.
    if (errno === EAGAIN && events === POLLIN) return undefined;
    if (errno) throw this.#failure(errno);
    const buffer = this.#buffers[fields.index];
    if (!buffer) throw this.#file.error(EIO, DQBUF.name);
    buffer.fill(fields, this.#loadPlanes());
    this.#held += 1;
    return buffer;
  }

  /** Takes a dequeued buffer back. Throws V4l2Error `EINVAL` for one that is not dequeued here. */
  requeue(buffer: CapturedBuffer): void {
    const mine = this.#buffers[buffer.index];
    if (mine !== buffer || !mine.held) throw this.#misuse(QBUF.name, `buffer ${buffer.index} is not dequeued`);
    mine.empty();
    this.#held -= 1;
    this.#give(mine.index);
  }

  /** Stops the stream, unmaps and frees the buffers. Idempotent; never throws: an unplugged camera has stopped already. */
  stop(): void {
    const type = this.#file.allocate(int);
    type.fields.value = this.#type;
    this.#file.attempt(STREAMOFF, type);
    for (const buffer of this.#buffers.splice(0)) buffer.unmap();
    this.#held = 0;
    this.#file.attempt(REQBUFS, this.#requestCell(0));
  }

  #requestCell(count: number) {
    const cell = this.#file.allocate(v4l2_requestbuffers);
    Object.assign(cell.fields, { count, type: this.#type, memory: MEMORY_MMAP });
    return cell;
  }

  #request(count: number): number {
    const cell = this.#requestCell(count);
    this.#file.call(REQBUFS, cell);
    return cell.fields.count;
  }

  #map(index: number): MappedBuffer {
    const { fields } = this.#address(index);
    this.#file.call(QUERYBUF, this.#buffer);
    const count = this.#type === BufferType.VIDEO_CAPTURE ? 1 : fields.length;
    const planes = this.#loadPlanes();
    const buffer = new MappedBuffer(this.#file, index);
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

  #give(index: number): void {
    this.#address(index);
    const errno = this.#enqueue();
    if (errno) throw this.#file.error(errno, QBUF.name);
  }

  #switch(request: typeof STREAMON): void {
    const type = this.#file.allocate(int);
    type.fields.value = this.#type;
    this.#file.call(request, type);
  }

  /** Makes the shared cell ask for a buffer. */
  #address(index: number) {
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

  /** The planes of the buffer just asked about. A single-planar one is its own only plane. */
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

  /** A camera that is being pulled out answers EINVAL, EIO or EAGAIN for a moment: tell whether that is the reason. */
  #failure(errno: number): V4l2Error {
    const gone = this.#file.attempt(QUERYCAP, this.#file.allocate(v4l2_capability)) === ENODEV;
    return this.#file.error(gone ? ENODEV : errno === EAGAIN ? EIO : errno, DQBUF.name);
  }

  #misuse(syscall: string, message: string): V4l2Error {
    return new V4l2Error('EINVAL', EINVAL, syscall, this.#file.path, `${this.#file.path}: ${message}`);
  }
}
