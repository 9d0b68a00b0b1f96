import type { JpegFrame } from '@framehub/frame';

/** More than this a viewer has no use for: pictures on the way grow old. */
export const MAX_CREDIT = 16;

/**
 * One subscription of a connection: the newest frame, and how many its viewer may still be sent.
 *
 * There is one place for a frame. A newer one takes it, and the older is counted as dropped; so a viewer who paints
 * slowly, or a link that is slow, sees fewer pictures but never old ones.
 */
export class Feed {
  #credit: number;
  #frame: JpegFrame | undefined;
  #dropped = 0;

  constructor(
    readonly id: number,
    readonly camera: string,
    credit: number,
  ) {
    this.#credit = Math.min(credit, MAX_CREDIT);
  }

  /** True while pictures may be sent. */
  get isPaid(): boolean {
    return this.#credit > 0;
  }

  /** True when there is a frame, and leave to send it. */
  get ready(): boolean {
    return this.#frame !== undefined && this.#credit > 0;
  }

  /** @returns whether a frame had to give way */
  offer(frame: JpegFrame): boolean {
    const late = this.#frame !== undefined;
    if (late) this.#dropped += 1;
    this.#frame = frame;
    return late;
  }

  /** Lets go of the frame, which would be old when it is wanted. @returns whether there was one */
  forget(): boolean {
    const late = this.#frame !== undefined;
    if (late) this.#dropped += 1;
    this.#frame = undefined;
    return late;
  }

  grant(count: number): void {
    this.#credit = Math.min(this.#credit + count, MAX_CREDIT);
  }

  /** Takes the frame, for one credit, with the number of those dropped since the last. To be called when ready. */
  take(): { readonly frame: JpegFrame; readonly dropped: number } {
    const taken = { frame: this.#frame as JpegFrame, dropped: this.#dropped };
    this.#credit -= 1;
    this.#frame = undefined;
    this.#dropped = 0;
    return taken;
  }
}
