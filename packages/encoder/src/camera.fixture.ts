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

/** A camera of the test's own: a real ring, filled by hand. */
export class FakeCamera implements Subscribable<RawFrame> {
  readonly #writer: RingWriter;
  readonly #reader: RingReader;
  readonly #listeners = new Set<(frame: RawFrame) => void>();
  #sequence = 0;

  constructor(
    readonly format: PixelFormat,
    readonly slots = 4,
  ) {
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

  /** Writes a frame into the next free slot and tells everyone. Throws when every slot is leased. */
  send(bytes: Uint8Array, sequence = ++this.#sequence, capturedAt = sequence * 1000): void {
    this.#tell(this.#write(bytes, sequence, capturedAt));
  }

  /** The same with a card. */
  sendCard(bytes: Uint8Array, placeholder: string): void {
    const sequence = ++this.#sequence;
    this.#tell({ ...this.#write(bytes, sequence, sequence * 1000), placeholder });
  }

  /** Writes a frame that nobody is told of. */
  keep(bytes: Uint8Array, sequence = ++this.#sequence, capturedAt = sequence * 1000): RawFrame {
    return this.#write(bytes, sequence, capturedAt);
  }

  /** Writes frames that nobody hears of, until no slot without a lease holds an older one. */
  overwrite(bytes: Uint8Array): void {
    for (let i = 0; i < this.slots; i++) this.#write(bytes, ++this.#sequence, 0);
  }

  #write(bytes: Uint8Array, sequence: number, capturedAt: number): RawFrame {
    const claim = this.#writer.claim();
    if (!claim) throw new Error('every slot is leased');
    claim.bytes.set(bytes);
    const frame = this.#reader.frame(claim.commit(bytes.length, sequence, capturedAt));
    if (!frame) throw new Error('nobody else writes here');
    return frame;
  }

  #tell(frame: RawFrame): void {
    for (const listener of this.#listeners) listener(frame);
  }

  /** True when nobody holds a lease: each slot can be had. Looking voids the frames that are in them. */
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

  /** Resolves as soon as something holds; looked at with every frame and every drop. */
  async until(holds: (watcher: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
