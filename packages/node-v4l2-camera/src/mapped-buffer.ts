import { BufferFlag, type v4l2_buffer, type v4l2_plane } from './abi/buffer.js';
import type { ValueOf } from './abi/cell.js';
import type { CapturedBuffer } from './captured-buffer.js';
import type { DeviceFile } from './device-file.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const NO_BYTES = new Uint8Array(0);

/** A plane of the driver's memory in ours. */
interface Mapping {
  readonly address: bigint;
  readonly length: number;
  readonly memory: ArrayBuffer;
}

type PlaneFields = ValueOf<typeof v4l2_plane>;
export interface PlanesFields {
  readonly [index: number]: PlaneFields;
}

/** A buffer of the driver's, mapped. The same object carries one frame after the other. */
export class MappedBuffer implements CapturedBuffer {
  bytes = NO_BYTES;
  planes: Uint8Array<ArrayBuffer>[] = [];
  bytesUsed = 0;
  sequence = 0;
  timestampUs = 0;
  clock: CapturedBuffer['clock'] = 'unknown';
  error = false;
  keyframe = false;
  /** Dequeued, and not given back yet. */
  held = false;
  readonly #file: DeviceFile;
  readonly #mappings: Mapping[] = [];

  constructor(
    file: DeviceFile,
    readonly index: number,
  ) {
    this.#file = file;
  }

  /** Maps the next plane. Throws V4l2Error. */
  map(length: number, offset: number): void {
    const { libc, fd } = this.#file;
    // Some drivers refuse mappings that cannot be written to.
    const address = libc.mmap(length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
    if (address === undefined) throw this.#file.error(libc.errno(), 'mmap');
    this.#mappings.push({ address, length, memory: libc.view(address, length) });
  }

  /** Takes over what the driver says about the frame in this buffer. */
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

  /** Forgets the frame, so that nobody who keeps this object reads what comes next. */
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
}
