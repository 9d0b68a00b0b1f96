import type { JpegFrame } from './frames.js';

/** A connection that keeps a frame in memory until it has taken it. */
export interface FrameHolder {
  /** Key of its client. */
  readonly client: string;
  /** What it has not taken yet. */
  held(): JpegFrame | undefined;
  /** Ends the connection, and lets go of the frame. */
  drop(): void;
}

/** Milliseconds between two looks, while there is anybody to look at. */
const LOOK_EVERY = 1000;

/**
 * Bounds the memory that slow connections keep. A frame is shared by all who are sent it, but connections that have stopped
 * at different times each hold another. When those are too many bytes, connections of the client that holds most end.
 *
 * It looks once a second and costs nothing per frame.
 */
export class FrameHolders {
  readonly #holders = new Set<FrameHolder>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limit bytes of different frames */
  constructor(readonly limit: number) {}

  /** @returns takes it away again, and may be called more than once */
  add(holder: FrameHolder): () => void {
    this.#holders.add(holder);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY);
    return () => {
      this.#holders.delete(holder);
      if (this.#holders.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #look(): void {
    const all = new Frames();
    const clients = new Map<string, { readonly frames: Frames; readonly holders: FrameHolder[] }>();
    for (const holder of this.#holders) {
      const frame = holder.held();
      if (!frame) continue;
      const own = clients.get(holder.client) ?? { frames: new Frames(), holders: [] };
      clients.set(holder.client, own);
      own.holders.push(holder);
      for (const frames of [all, own.frames]) frames.add(frame);
    }
    while (all.bytes > this.limit) {
      const [most] = [...clients.values()].sort((a, b) => b.frames.bytes - a.frames.bytes);
      const holder = most?.holders.shift();
      const frame = holder?.held();
      if (!most || !holder || !frame) return;
      for (const frames of [all, most.frames]) frames.remove(frame);
      holder.drop();
    }
  }
}

/** Frames with the number of those who hold each. */
class Frames {
  readonly #counts = new Map<JpegFrame, number>();
  /** Of all of them, each counted once. */
  bytes = 0;

  add(frame: JpegFrame): void {
    const count = this.#counts.get(frame) ?? 0;
    if (count === 0) this.bytes += frame.data.length;
    this.#counts.set(frame, count + 1);
  }

  remove(frame: JpegFrame): void {
    const count = (this.#counts.get(frame) ?? 0) - 1;
    if (count === 0) this.bytes -= frame.data.length;
    this.#counts.set(frame, count);
  }
}
