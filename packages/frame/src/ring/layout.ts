import { FramehubError } from '../errors.js';

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
export const Slot = { REFS: 0, GENERATION: 1, BYTE_LENGTH: 2 } as const;
/** Offset of the two float64 values of a slot's control block, in words; even, so that they are aligned. */
const SLOT_SEQUENCE_WORD = 4;
const SLOT_CAPTURED_AT_WORD = 6;
/** A cache line, so that threads that count leases of neighbouring slots do not share one. */
const SLOT_WORDS = 16;

/** REFS of a slot that the writer is filling. */
export const WRITING = -1;

const WORD = Int32Array.BYTES_PER_ELEMENT;
const PAGE = 4096;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** First word of a slot's control block. */
export function slotWord(slot: number): number {
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
export interface RingMemory {
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
export function attachRing(buffer: SharedArrayBuffer): RingMemory {
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
export function slotView(ring: RingMemory, slot: number, byteLength: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(ring.buffer, slotOffset(ring.slotCount, ring.slotBytes, slot), byteLength);
}

/** Index into `floats` of a slot's sequence number. */
export const sequenceIndex = (slot: number): number => (slotWord(slot) + SLOT_SEQUENCE_WORD) / 2;
/** Index into `floats` of a slot's capture time. */
export const capturedAtIndex = (slot: number): number => (slotWord(slot) + SLOT_CAPTURED_AT_WORD) / 2;
