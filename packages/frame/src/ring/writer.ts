import type { JpegInfo } from '../jpeg.js';
import { attachRing, capturedAtIndex, Slot, sequenceIndex, slotView, slotWord, WRITING } from './layout.js';

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
