import type { Lease, RawFrame } from '../frames.js';
import type { PixelFormat } from '../pixel-format.js';
import { attachRing, capturedAtIndex, sequenceIndex, slotView } from './control.js';
import { Slot, slotWord } from './layout.js';
import type { FrameRef } from './writer.js';

/** A reading end of a ring; any number of threads may have one. */
export class RingReader {
  readonly #ring;

  /** @param format of every frame in the ring: a camera that changes its format gets a new ring */
  constructor(
    buffer: SharedArrayBuffer,
    readonly format: PixelFormat,
  ) {
    this.#ring = attachRing(buffer);
  }

  /**
   * The frame behind a reference, or undefined when it has been overwritten on the way.
   * Its sequence, time and length are copied, so they stay true when the slot moves on.
   */
  frame(ref: FrameRef): RawFrame | undefined {
    const { words, floats } = this.#ring;
    const at = slotWord(ref.slot);
    // Held for the reading: a plain load may otherwise drift past the look at the generation on ARM.
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

  /** Adds one lease, unless the writer has the slot or has written another frame into it. */
  #acquire(ref: FrameRef): boolean {
    const { words } = this.#ring;
    const at = slotWord(ref.slot);
    for (;;) {
      const refs = Atomics.load(words, at + Slot.REFS);
      if (refs < 0) return false;
      if (Atomics.compareExchange(words, at + Slot.REFS, refs, refs + 1) === refs) break;
    }
    // Only now that the writer cannot claim the slot does its generation stand still.
    if (Atomics.load(words, at + Slot.GENERATION) === ref.generation) return true;
    this.#release(ref);
    return false;
  }

  #release(ref: FrameRef): void {
    Atomics.sub(this.#ring.words, slotWord(ref.slot) + Slot.REFS, 1);
  }
}
