import { attachRing, capturedAtIndex, sequenceIndex, slotView } from './control.js';
import { Slot, slotWord, WRITING } from './layout.js';

/** What travels from the camera's thread to the readers: which slot, and which of its lives. */
export interface FrameRef {
  readonly slot: number;
  readonly generation: number;
}

/** A slot that the writer holds until it commits or abandons it. */
export interface Claim {
  /** Borrowed: the whole slot. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Makes the frame readable and gives up the slot. */
  commit(byteLength: number, sequence: number, capturedAt: number): FrameRef;
  /** Gives up the slot without a frame. */
  abandon(): void;
}

/** The writing end of a ring. A ring has exactly one writer. */
export class RingWriter {
  readonly #ring;
  readonly #slots: readonly Uint8Array<SharedArrayBuffer>[];
  #next = 0;

  constructor(buffer: SharedArrayBuffer) {
    const ring = attachRing(buffer);
    this.#ring = ring;
    this.#slots = Array.from({ length: ring.slotCount }, (_, slot) => slotView(ring, slot, ring.slotBytes));
  }

  /** Bytes that one frame may have. */
  get slotBytes(): number {
    return this.#ring.slotBytes;
  }

  /** Takes the oldest slot that nobody reads, or returns undefined when all are leased: drop the frame, never wait. */
  claim(): Claim | undefined {
    const { words, slotCount } = this.#ring;
    for (let tried = 0; tried < slotCount; tried++) {
      const slot = this.#next;
      this.#next = (slot + 1) % slotCount;
      if (Atomics.compareExchange(words, slotWord(slot) + Slot.REFS, 0, WRITING) === 0) return this.#claimed(slot);
    }
    return undefined;
  }

  #claimed(slot: number): Claim {
    const { words, floats } = this.#ring;
    const at = slotWord(slot);
    // Raised before the first byte changes: a reader that took its reference from the slot's last life must see it.
    const generation = (Atomics.add(words, at + Slot.GENERATION, 1) + 1) | 0;
    return {
      bytes: this.#slots[slot] as Uint8Array<SharedArrayBuffer>,
      commit: (byteLength, sequence, capturedAt) => {
        words[at + Slot.BYTE_LENGTH] = byteLength;
        floats[sequenceIndex(slot)] = sequence;
        floats[capturedAtIndex(slot)] = capturedAt;
        // The store releases all writes above to whoever then takes a lease.
        Atomics.store(words, at + Slot.REFS, 0);
        return { slot, generation };
      },
      abandon: () => {
        Atomics.store(words, at + Slot.REFS, 0);
      },
    };
  }
}
