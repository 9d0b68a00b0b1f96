import type { Lease, RawFrame } from '../frames.js';
import type { PixelFormat } from '../pixel-format.js';
import { attachRing, capturedAtIndex, Slot, sequenceIndex, slotView, slotWord } from './layout.js';
import type { FrameRef } from './writer.js';

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
