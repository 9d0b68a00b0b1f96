import {
  allocateRing,
  frameBytes,
  type JpegFrame,
  type PixelFormat,
  type RawFrame,
  RingReader,
  RingWriter,
  type Subscribable,
  type Subscription,
  subscription,
} from '@framehub/frame';
import type { RenditionObserver } from './rendition-stream.js';

const JPEG_BYTES = 1 << 20;

/** A source of frames that the test writes into a real ring. */
export class FakeCamera implements Subscribable<RawFrame> {
  readonly format: PixelFormat;
  readonly slots: number;
  readonly #writer: RingWriter;
  readonly #reader: RingReader;
  readonly #listeners = new Set<(frame: RawFrame) => void>();
  #sequence = 0;

  constructor(format: PixelFormat, slots = 4) {
    this.format = format;
    this.slots = slots;
    const ring = allocateRing(slots, frameBytes(format) || JPEG_BYTES);
    this.#writer = new RingWriter(ring);
    this.#reader = new RingReader(ring, format);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  subscribe(listener: (frame: RawFrame) => void): Subscription {
    this.#listeners.add(listener);
    return subscription(() => void this.#listeners.delete(listener));
  }

  /** Writes a frame into the next free slot and delivers it. Throws if every slot is leased. */
  send(bytes: Uint8Array, sequence = ++this.#sequence, capturedAt = sequence * 1000): void {
    this.#deliver(this.#write(bytes, sequence, capturedAt));
  }

  /** As `send`, with a placeholder. */
  sendPlaceholder(bytes: Uint8Array, placeholder: string): void {
    const sequence = ++this.#sequence;
    this.#deliver({ ...this.#write(bytes, sequence, sequence * 1000), placeholder });
  }

  /** Writes a frame without delivering it. */
  keep(bytes: Uint8Array, sequence = ++this.#sequence, capturedAt = sequence * 1000): RawFrame {
    return this.#write(bytes, sequence, capturedAt);
  }

  /** Writes frames without delivering them, until every slot without a lease holds a newer one. */
  overwrite(bytes: Uint8Array): void {
    for (let i = 0; i < this.slots; i++) this.#write(bytes, ++this.#sequence, 0);
  }

  #write(bytes: Uint8Array, sequence: number, capturedAt: number): RawFrame {
    const claim = this.#writer.claim();
    if (!claim) throw new Error('every slot is leased');
    claim.bytes.set(bytes);
    const frame = this.#reader.frame(claim.commit(bytes.length, sequence, capturedAt));
    if (!frame) throw new Error('the ring has another writer');
    return frame;
  }

  #deliver(frame: RawFrame): void {
    for (const listener of this.#listeners) listener(frame);
  }

  /** Whether no lease is held. Reading it overwrites the frames in the slots. */
  get free(): boolean {
    const claims = Array.from({ length: this.slots }, () => this.#writer.claim());
    for (const claim of claims) claim?.abandon();
    return claims.every((claim) => claim !== undefined);
  }
}

/** Watches one rendition: what it publishes, what it drops and why. */
export class Watcher implements RenditionObserver {
  readonly frames: JpegFrame[] = [];
  readonly drops: string[] = [];
  readonly seconds: number[] = [];
  readonly #waiting = new Set<() => void>();

  readonly sink = (frame: JpegFrame): void => {
    this.frames.push(frame);
    this.#wake();
  };

  dropped(reason: string): void {
    this.drops.push(reason);
    this.#wake();
  }

  encoded(seconds: number): void {
    this.seconds.push(seconds);
  }

  /** Frames of which the outcome is known. */
  get settled(): number {
    return this.frames.length + this.drops.length;
  }

  /** Resolves as soon as a condition holds; checked with every frame and every drop. */
  async until(holds: (watcher: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
