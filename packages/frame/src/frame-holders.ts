import type { JpegFrame } from './frames.js';

/** A connection that keeps a frame in memory until it is sent. */
export interface FrameHolder {
  /** Key of its client, see {@link shareKey}. */
  readonly client: string;
  /** The frame that is being sent. */
  held(): JpegFrame | undefined;
  /** Ends the connection and releases the frame. */
  drop(): void;
}

const CHECK_INTERVAL_MS = 1000;

/**
 * Bounds the memory that slow connections hold. Connections that receive the same frame share it, but connections that
 * have stalled at different times each hold another one. If those are too many bytes in total, connections of the client
 * that holds most are ended. Checks once a second, so it costs nothing per frame.
 */
export class FrameHolders {
  /** Bytes of different frames. */
  readonly limit: number;
  readonly #holders = new Set<FrameHolder>();
  #timer: NodeJS.Timeout | undefined;

  /** @param limit bytes of different frames */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Adds a connection. @returns removes it, and may be called more than once */
  add(holder: FrameHolder): () => void {
    this.#holders.add(holder);
    this.#timer ??= setInterval(() => this.#check(), CHECK_INTERVAL_MS);
    return () => {
      this.#holders.delete(holder);
      if (this.#holders.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #check(): void {
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

/** Different frames, with the number of holders of each. */
class Frames {
  readonly #counts = new Map<JpegFrame, number>();
  /** Bytes of all frames, each counted once. */
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
