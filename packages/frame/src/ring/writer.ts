import type { JpegInfo } from '../jpeg.js';
import { attachRing, capturedAtIndex, sequenceIndex, slotView } from './control.js';
import { Slot, slotWord, WRITING } from './layout.js';

/** A reference to a frame in a ring: it travels from the camera's thread to the readers. */
export interface FrameRef {
  readonly slot: number;
  /** Rises each time the slot is filled: a reference of an older generation is to a frame that is gone. */
  readonly generation: number;
  /** Structure of the JPEG in the slot. Absent for raw formats. */
  readonly jpeg?: JpegInfo | undefined;
}

/** A slot that the writer holds until it commits or abandons it. */
export interface Claim {
  /** Borrowed: the whole slot. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /**
   * Makes the frame readable and gives up the slot.
   *
   * @param jpeg what {@link inspectJpeg} has found in `bytes`, after the last byte was written; absent for raw formats
   */
  commit(byteLength: number, sequence: number, capturedAt: number, jpeg?: JpegInfo): FrameRef;
  /** Gives up the slot without a frame. */
  abandon(): void;
}

const NONE = -1;

/** The writing end of a ring. A ring has exactly one writer. */
export class RingWriter {
  readonly #ring;
  readonly #slots: readonly Uint8Array<SharedArrayBuffer>[];
  /** The slots of the newest frame and of the one before. */
  #recent: readonly [newest: number, before: number] = [NONE, NONE];

  constructor(buffer: SharedArrayBuffer) {
    const ring = attachRing(buffer);
    this.#ring = ring;
    this.#slots = Array.from({ length: ring.slotCount }, (_, slot) => slotView(ring, slot, ring.slotBytes));
  }

  /** Bytes that one frame may have. */
  get slotBytes(): number {
    return this.#ring.slotBytes;
  }

  /**
   * Takes a slot that nobody reads, or returns undefined when all are leased: drop the frame, never wait.
   *
   * The two newest frames are left alone while there is another slot: their references may still be on the way. Of the
   * others the first is taken, so that slots which are not needed are never touched, and cost no memory.
   */
  claim(): Claim | undefined {
    const { slotCount } = this.#ring;
    const [newest, before] = this.#recent;
    for (let slot = 0; slot < slotCount; slot++) {
      if (slot !== newest && slot !== before && this.#take(slot)) return this.#claimed(slot);
    }
    for (const slot of [before, newest]) {
      if (slot !== NONE && this.#take(slot)) return this.#claimed(slot);
    }
    return undefined;
  }

  #take(slot: number): boolean {
    return Atomics.compareExchange(this.#ring.words, slotWord(slot) + Slot.REFS, 0, WRITING) === 0;
  }

  #claimed(slot: number): Claim {
    const { words, floats } = this.#ring;
    const at = slotWord(slot);
    // Raised before the first byte changes: a reader that took its reference from the slot's last life must see it.
    const generation = (Atomics.add(words, at + Slot.GENERATION, 1) + 1) | 0;
    return {
      bytes: this.#slots[slot] as Uint8Array<SharedArrayBuffer>,
      commit: (byteLength, sequence, capturedAt, jpeg) => {
        words[at + Slot.BYTE_LENGTH] = byteLength;
        floats[sequenceIndex(slot)] = sequence;
        floats[capturedAtIndex(slot)] = capturedAt;
        // The store releases all writes above to whoever then takes a lease.
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
