/**
 * The memory of a ring, shared between the camera's thread (writer) and the rest (readers).
 *
 * ```
 * Int32[HEADER_WORDS]                  what the ring is
 * slotCount x Int32[SLOT_WORDS]        a control block per slot
 * slotCount x slotBytes                the pixels, each slot starting on a page
 * ```
 */

/** 'FHRB', little-endian. */
export const MAGIC = 0x42524846;
export const VERSION = 1;

/** Words of the ring's header. */
export const Header = { MAGIC: 0, VERSION: 1, SLOT_COUNT: 2, SLOT_BYTES: 3 } as const;
export const HEADER_WORDS = 16;

/**
 * Words of a slot's control block. REFS is the number of leases, or WRITING. GENERATION rises with each claim.
 * The rest describes the frame, and is written only while REFS is WRITING.
 */
export const Slot = { REFS: 0, GENERATION: 1, BYTE_LENGTH: 2 } as const;
/** Offset of the two float64 values of a slot's control block, in words; even, so that they are aligned. */
export const SLOT_SEQUENCE_WORD = 4;
export const SLOT_CAPTURED_AT_WORD = 6;
/** A cache line, so that two threads counting in neighbouring slots do not fight for one. */
export const SLOT_WORDS = 16;

/** REFS of a slot that the writer is filling. */
export const WRITING = -1;

const WORD = Int32Array.BYTES_PER_ELEMENT;
const PAGE = 4096;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** First word of a slot's control block. */
export function slotWord(slot: number): number {
  return HEADER_WORDS + slot * SLOT_WORDS;
}

/** First byte of a slot's pixels. */
export function slotOffset(slotCount: number, slotBytes: number, slot: number): number {
  return roundUp(slotWord(slotCount) * WORD, PAGE) + slot * roundUp(slotBytes, PAGE);
}

/** Bytes of a whole ring. */
export function ringBytes(slotCount: number, slotBytes: number): number {
  return slotOffset(slotCount, slotBytes, slotCount);
}
