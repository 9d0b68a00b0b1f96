import { FramehubError } from './errors.js';
import type { Lease, RawFrame } from './frames.js';
import type { JpegInfo } from './jpeg.js';
import type { PixelFormat } from './pixel-format.js';

/**
 * The memory of a ring, shared between the camera's thread (writer) and the rest (readers).
 *
 * ```
 * Int32[HEADER_WORDS]                  magic number, version, size
 * slotCount x Int32[SLOT_WORDS]        a control block per slot
 * slotCount x slotBytes                the frames, each slot starting on a page
 * ```
 */

/** 'FHRB', little-endian. */
const MAGIC = 0x42524846;
const VERSION = 1;

/** Words of the ring's header. */
const Header = { MAGIC: 0, VERSION: 1, SLOT_COUNT: 2, SLOT_BYTES: 3 } as const;
const HEADER_WORDS = 16;

/**
 * Words of a slot's control block. REFS is the number of leases, or WRITING. GENERATION rises with each claim.
 * The rest describes the frame, and is written only while REFS is WRITING.
 */
const Slot = { REFS: 0, GENERATION: 1, BYTE_LENGTH: 2 } as const;
/** Offset of the two float64 values of a slot's control block, in words; even, so that they are aligned. */
const SLOT_SEQUENCE_WORD = 4;
const SLOT_CAPTURED_AT_WORD = 6;
/** A cache line, so that threads that count leases of neighbouring slots do not share one. */
const SLOT_WORDS = 16;

/** REFS of a slot that the writer is filling. */
const WRITING = -1;

const WORD = Int32Array.BYTES_PER_ELEMENT;
const PAGE = 4096;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** First word of a slot's control block. */
function slotWord(slot: number): number {
  return HEADER_WORDS + slot * SLOT_WORDS;
}

/** First byte of a slot's frame. */
function slotOffset(slotCount: number, slotBytes: number, slot: number): number {
  return roundUp(slotWord(slotCount) * WORD, PAGE) + slot * roundUp(slotBytes, PAGE);
}

/** Bytes of a whole ring. */
function ringBytes(slotCount: number, slotBytes: number): number {
  return slotOffset(slotCount, slotBytes, slotCount);
}

/** The views of a ring's memory that writer and reader use. */
interface RingMemory {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly floats: Float64Array<SharedArrayBuffer>;
  readonly slotCount: number;
  readonly slotBytes: number;
}

/**
 * Allocates the memory of a ring. Returns owned; share it with any thread. Freed by the garbage collector.
 *
 * @param slotCount frames that it holds, 2 or more
 * @param slotBytes bytes of the largest frame
 * @throws FramehubError `FRAME_RING_INVALID` for a size out of range
 */
export function allocateRing(slotCount: number, slotBytes: number): SharedArrayBuffer {
  if (!Number.isInteger(slotCount) || slotCount < 2)
    throw new FramehubError('FRAME_RING_INVALID', `a ring needs at least 2 slots, not ${slotCount}`, { slotCount });
  if (!Number.isInteger(slotBytes) || slotBytes < 1)
    throw new FramehubError('FRAME_RING_INVALID', `a ring slot needs at least 1 byte, not ${slotBytes}`, { slotBytes });
  const buffer = new SharedArrayBuffer(ringBytes(slotCount, slotBytes));
  const words = new Int32Array(buffer, 0, HEADER_WORDS);
  words[Header.SLOT_COUNT] = slotCount;
  words[Header.SLOT_BYTES] = slotBytes;
  words[Header.VERSION] = VERSION;
  Atomics.store(words, Header.MAGIC, MAGIC);
  return buffer;
}

/**
 * Views of a ring's memory, which was made by {@link allocateRing}.
 *
 * @throws FramehubError `FRAME_RING_INVALID` for any other memory
 */
function attachRing(buffer: SharedArrayBuffer): RingMemory {
  const header = new Int32Array(buffer, 0, Math.min(HEADER_WORDS, buffer.byteLength >> 2));
  const [slotCount, slotBytes] = [header[Header.SLOT_COUNT] ?? 0, header[Header.SLOT_BYTES] ?? 0];
  const known = header[Header.MAGIC] === MAGIC && header[Header.VERSION] === VERSION;
  if (!known || buffer.byteLength !== ringBytes(slotCount, slotBytes))
    throw new FramehubError('FRAME_RING_INVALID', 'the shared memory must be a frame ring of this version', {
      magic: header[Header.MAGIC],
      version: header[Header.VERSION],
      byteLength: buffer.byteLength,
    });
  const controlBytes = slotWord(slotCount) * Int32Array.BYTES_PER_ELEMENT;
  return {
    buffer,
    words: new Int32Array(buffer, 0, slotWord(slotCount)),
    floats: new Float64Array(buffer, 0, controlBytes / Float64Array.BYTES_PER_ELEMENT),
    slotCount,
    slotBytes,
  };
}

/** The first `byteLength` bytes of a slot's frame. Borrowed. */
function slotView(ring: RingMemory, slot: number, byteLength: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(ring.buffer, slotOffset(ring.slotCount, ring.slotBytes, slot), byteLength);
}

/** Index into `floats` of a slot's sequence number. */
const sequenceIndex = (slot: number): number => (slotWord(slot) + SLOT_SEQUENCE_WORD) / 2;
/** Index into `floats` of a slot's capture time. */
const capturedAtIndex = (slot: number): number => (slotWord(slot) + SLOT_CAPTURED_AT_WORD) / 2;

/** A reference to a frame in a ring: it travels from the camera's thread to the readers. */
export interface FrameRef {
  readonly slot: number;
  /** Rises each time the slot is filled: a reference of an older generation is to a frame that is gone. */
  readonly generation: number;
  /** Structure of the JPEG in the slot. Absent for raw formats. */
  readonly jpeg?: JpegInfo | undefined;
}

/** A slot that the writer fills: to be committed or abandoned. */
export interface Claim {
  /** Borrowed: the whole slot. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /**
   * Makes the frame readable and releases the slot.
   *
   * @param jpeg what {@link inspectJpeg} has found in `bytes`, after the last byte was written; absent for raw formats
   */
  commit(byteLength: number, sequence: number, capturedAt: number, jpeg?: JpegInfo): FrameRef;
  /** Releases the slot without a frame. */
  abandon(): void;
}

const NONE = -1;

/** Writes frames into a ring. A ring has exactly one writer. */
export class RingWriter {
  readonly #ring;
  readonly #slots: readonly Uint8Array<SharedArrayBuffer>[];
  /** The slots of the newest frame and of the one before it. */
  #recent: readonly [newest: number, before: number] = [NONE, NONE];

  /**
   * @param buffer a ring's memory, made by {@link allocateRing}. Borrowed
   * @throws FramehubError `FRAME_RING_INVALID`
   */
  constructor(buffer: SharedArrayBuffer) {
    const ring = attachRing(buffer);
    this.#ring = ring;
    this.#slots = Array.from({ length: ring.slotCount }, (_, slot) => slotView(ring, slot, ring.slotBytes));
  }

  /** Bytes of the largest frame. */
  get slotBytes(): number {
    return this.#ring.slotBytes;
  }

  /**
   * Claims a slot without leases. Never waits.
   *
   * The slots of the two newest frames are reused last: their references may still be on the way. Of the others the first
   * is claimed, so slots that are not needed are never written, and take no memory.
   *
   * @returns undefined if all slots are leased: drop the frame
   */
  claim(): Claim | undefined {
    const { slotCount } = this.#ring;
    const [newest, before] = this.#recent;
    for (let slot = 0; slot < slotCount; slot++) {
      if (slot !== newest && slot !== before && this.#lock(slot)) return this.#claimOf(slot);
    }
    for (const slot of [before, newest]) {
      if (slot !== NONE && this.#lock(slot)) return this.#claimOf(slot);
    }
    return undefined;
  }

  #lock(slot: number): boolean {
    return Atomics.compareExchange(this.#ring.words, slotWord(slot) + Slot.REFS, 0, WRITING) === 0;
  }

  #claimOf(slot: number): Claim {
    const { words, floats } = this.#ring;
    const at = slotWord(slot);
    // Raised before the first byte changes, so that readers with an older reference notice.
    const generation = (Atomics.add(words, at + Slot.GENERATION, 1) + 1) | 0;
    return {
      bytes: this.#slots[slot] as Uint8Array<SharedArrayBuffer>,
      commit: (byteLength, sequence, capturedAt, jpeg) => {
        words[at + Slot.BYTE_LENGTH] = byteLength;
        floats[sequenceIndex(slot)] = sequence;
        floats[capturedAtIndex(slot)] = capturedAt;
        // This store makes all writes above visible to readers that lease the slot.
        Atomics.store(words, at + Slot.REFS, 0);
        if (slot !== this.#recent[0]) this.#recent = [slot, this.#recent[0]];
        return { slot, generation, jpeg };
      },
      abandon: () => {
        Atomics.store(words, at + Slot.REFS, 0);
      },
    };
  }
}

/** Reads the frames of a ring. Any number of threads may have one. */
export class RingReader {
  readonly format: PixelFormat;
  readonly #ring;

  /**
   * @param buffer a ring's memory, made by {@link allocateRing}. Borrowed
   * @param format of every frame in the ring: a camera that changes its format gets a new ring
   * @throws FramehubError `FRAME_RING_INVALID`
   */
  constructor(buffer: SharedArrayBuffer, format: PixelFormat) {
    this.#ring = attachRing(buffer);
    this.format = format;
  }

  /**
   * The frame of a reference. Its sequence, time and length are copied, so they stay valid when the slot is reused.
   *
   * @returns undefined if the slot was reused already
   */
  frame(ref: FrameRef): RawFrame | undefined {
    const { words, floats } = this.#ring;
    const at = slotWord(ref.slot);
    // Leased for these reads: on ARM, a plain load may otherwise be reordered before the check of the generation.
    if (!this.#acquire(ref)) return undefined;
    const byteLength = words[at + Slot.BYTE_LENGTH] ?? 0;
    const sequence = floats[sequenceIndex(ref.slot)] ?? 0;
    const capturedAt = floats[capturedAtIndex(ref.slot)] ?? 0;
    this.#release(ref);
    const { format } = this;
    const lease = (): Lease | undefined => this.#lease(ref, byteLength);
    return { format, byteLength, sequence, capturedAt, jpeg: ref.jpeg, lease };
  }

  #lease(ref: FrameRef, byteLength: number): Lease | undefined {
    if (!this.#acquire(ref)) return undefined;
    let held = true;
    return {
      bytes: slotView(this.#ring, ref.slot, byteLength),
      release: () => {
        if (held) this.#release(ref);
        held = false;
      },
    };
  }

  /** Adds a lease, unless the writer holds the slot or has written another frame into it. */
  #acquire(ref: FrameRef): boolean {
    const { words } = this.#ring;
    const at = slotWord(ref.slot);
    for (;;) {
      const refs = Atomics.load(words, at + Slot.REFS);
      if (refs < 0) return false;
      if (Atomics.compareExchange(words, at + Slot.REFS, refs, refs + 1) === refs) break;
    }
    // The writer cannot claim the slot now, so its generation does not change.
    if (Atomics.load(words, at + Slot.GENERATION) === ref.generation) return true;
    this.#release(ref);
    return false;
  }

  #release(ref: FrameRef): void {
    Atomics.sub(this.#ring.words, slotWord(ref.slot) + Slot.REFS, 1);
  }
}
