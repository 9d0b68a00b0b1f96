/** Moves a driver's count of frames, which begins anew with each start of its stream, on to one that always rises. */
export class FrameCount {
  #last: number;
  /** From the driver's count to ours, once its first frame since the start has come. */
  #offset: number | undefined;

  constructor(first: number) {
    this.#last = first - 1;
  }

  /** The driver begins anew. */
  restart(): void {
    this.#offset = undefined;
  }

  /** A gap is what the driver lost; a driver that does not count gets our count. */
  take(ofDriver: number): { readonly sequence: number; readonly lost: number } {
    const next = this.#last + 1;
    this.#offset ??= next - ofDriver;
    this.#last = Math.max(next, ofDriver + this.#offset);
    return { sequence: this.#last, lost: this.#last - next };
  }
}
