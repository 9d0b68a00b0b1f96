import type { JpegFrame } from '@framehub/frame';

/** Highest credit of a subscription. More would only make the frames on their way older. */
export const MAX_CREDIT = 16;

/**
 * The frame that one subscription sends next, and its credit: how many frames the client accepts.
 *
 * Only the newest frame is kept. It replaces an older one, which is counted as dropped: a slow client, or a slow link,
 * gets fewer frames but never old ones.
 */
export class PendingFrame {
  /** Chosen by the client. */
  readonly id: number;
  readonly camera: string;
  #credit: number;
  #frame: JpegFrame | undefined;
  #dropped = 0;

  constructor(id: number, camera: string, credit: number) {
    this.id = id;
    this.camera = camera;
    this.#credit = credit;
  }

  get hasCredit(): boolean {
    return this.#credit > 0;
  }

  /** Whether there is a frame, and credit to send it. */
  get ready(): boolean {
    return this.#frame !== undefined && this.hasCredit;
  }

  /** @returns whether an older frame was dropped */
  offer(frame: JpegFrame): boolean {
    const dropped = this.drop();
    this.#frame = frame;
    return dropped;
  }

  /** Drops the frame. @returns whether there was one */
  drop(): boolean {
    if (this.#frame === undefined) return false;
    this.#dropped += 1;
    this.#frame = undefined;
    return true;
  }

  addCredit(count: number): void {
    this.#credit = Math.min(this.#credit + count, MAX_CREDIT);
  }

  /** Takes the frame for one credit, with the number of frames dropped since the last one. To be called when ready. */
  take(): { readonly frame: JpegFrame; readonly dropped: number } {
    const taken = { frame: this.#frame as JpegFrame, dropped: this.#dropped };
    this.#credit -= 1;
    this.#frame = undefined;
    this.#dropped = 0;
    return taken;
  }
}
