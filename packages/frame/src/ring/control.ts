import { FramehubError } from '../errors.js';
import {
  HEADER_WORDS,
  Header,
  MAGIC,
  ringBytes,
  SLOT_CAPTURED_AT_WORD,
  SLOT_SEQUENCE_WORD,
  slotOffset,
  slotWord,
  VERSION,
} from './layout.js';

/** The views that writer and reader have of one ring, checked once. */
export interface RingControl {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly floats: Float64Array<SharedArrayBuffer>;
  readonly slotCount: number;
  readonly slotBytes: number;
}

/** Makes the memory of a new ring. Owned by whoever holds the buffer; freed by the garbage collector. */
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

/** Looks at a ring made by {@link allocateRing}. Throws `FRAME_RING_INVALID` for anything else. */
export function attachRing(buffer: SharedArrayBuffer): RingControl {
  const header = new Int32Array(buffer, 0, Math.min(HEADER_WORDS, buffer.byteLength >> 2));
  const [slotCount, slotBytes] = [header[Header.SLOT_COUNT] ?? 0, header[Header.SLOT_BYTES] ?? 0];
  const known = header[Header.MAGIC] === MAGIC && header[Header.VERSION] === VERSION;
  if (!known || buffer.byteLength !== ringBytes(slotCount, slotBytes))
    throw new FramehubError('FRAME_RING_INVALID', 'this shared memory is not a frame ring of this version', {
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

/** Borrowed: `byteLength` bytes of a slot's pixels. */
export function slotView(ring: RingControl, slot: number, byteLength: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(ring.buffer, slotOffset(ring.slotCount, ring.slotBytes, slot), byteLength);
}

/** Index into `floats` of a slot's sequence. */
export const sequenceIndex = (slot: number): number => (slotWord(slot) + SLOT_SEQUENCE_WORD) / 2;
/** Index into `floats` of a slot's capture time. */
export const capturedAtIndex = (slot: number): number => (slotWord(slot) + SLOT_CAPTURED_AT_WORD) / 2;
