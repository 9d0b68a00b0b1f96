import {
  isIdentity,
  isJpeg,
  type JpegFrame,
  type Lease,
  type RawFrame,
  type Rendition,
  type Sequenced,
  type Subscribable,
} from '@framehub/frame';
import { BadFrame, checkJpeg } from './bad-frame.js';
import type { EncodeAnswer, EncodeJob, RenderedJpeg } from './messages.js';
import type { Settings } from './options.js';
import type { Turns, TurnTaker } from './turns.js';
import { wholeJpeg } from './whole-jpeg.js';

/** Is told what becomes of a rendition's frames. */
export interface RenditionObserver {
  /** A frame was not published. The README lists the reasons. */
  dropped(reason: string): void;
  /** A frame was encoded, which took so long on its thread. */
  encoded(seconds: number): void;
}

/** What the streams of one encoder share. */
export interface Workshop {
  readonly turns: Turns;
  readonly settings: Pick<Settings, 'quality' | 'subsampling'>;
  run(job: EncodeJob): Promise<EncodeAnswer>;
  /** An error that is the encoder's and not the frame's. */
  report(error: unknown): void;
}

type Outcome = EncodeAnswer | { readonly kind: 'died'; readonly error: unknown };

/** A rendition at work, from its first viewer to its last. */
export class RenditionStream implements TurnTaker {
  readonly #rendition: Rendition;
  readonly #sink: (frame: JpegFrame) => void;
  readonly #observer: RenditionObserver;
  readonly #workshop: Workshop;
  readonly #subscription: { close(): void };
  #pending: RawFrame | undefined;
  #closed = false;

  constructor(
    source: Subscribable<RawFrame>,
    rendition: Rendition,
    sink: (frame: JpegFrame) => void,
    observer: RenditionObserver,
    workshop: Workshop,
  ) {
    this.#rendition = rendition;
    this.#sink = sink;
    this.#observer = observer;
    this.#workshop = workshop;
    this.#subscription = source.subscribe((frame) => this.#take(frame));
  }

  /** Nothing is published any more; what is being encoded ends unheard. */
  close(): void {
    this.#closed = true;
    this.#pending = undefined;
    this.#workshop.turns.withdraw(this);
    this.#subscription.close();
  }

  #take(frame: RawFrame): void {
    if (passesAsIs(frame, this.#rendition)) {
      this.#pass(frame);
      return;
    }
    if (this.#pending) this.#observer.dropped('busy');
    this.#pending = frame;
    this.#workshop.turns.request(this);
  }

  /** The hot path: one copy out of the ring, on this thread. */
  #pass(frame: RawFrame): void {
    const lease = this.#leaseOf(frame);
    if (!lease) return;
    const jpeg = this.#copy(lease);
    lease.release();
    if (jpeg) this.#publish(frame, jpeg);
  }

  #copy({ bytes }: Lease): RenderedJpeg | undefined {
    try {
      const info = checkJpeg(bytes);
      return { data: wholeJpeg(bytes, info), width: info.width, height: info.height };
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#observer.dropped(error.fault);
      return undefined;
    }
  }

  begin(): Promise<() => void> | undefined {
    const frame = this.#pending;
    this.#pending = undefined;
    const lease = frame && this.#leaseOf(frame);
    if (!lease) return undefined;
    return this.#encode(frame, lease).then((outcome) => () => this.#use(outcome, frame));
  }

  #leaseOf(frame: RawFrame): Lease | undefined {
    const lease = frame.lease();
    if (!lease) this.#observer.dropped('lapped');
    return lease;
  }

  #encode({ format }: RawFrame, lease: Lease): Promise<Outcome> {
    const { quality, subsampling } = this.#workshop.settings;
    const job = { bytes: lease.bytes, format, rendition: this.#rendition, quality, subsampling };
    return this.#workshop
      .run(job)
      .catch((error: unknown) => ({ kind: 'died', error }) as const)
      .finally(() => lease.release());
  }

  #use(outcome: Outcome, frame: RawFrame): void {
    if (this.#closed) return;
    switch (outcome.kind) {
      case 'encoded':
        this.#observer.encoded(outcome.seconds);
        this.#publish(frame, outcome.jpeg);
        return;
      case 'bad-frame':
        this.#observer.dropped(outcome.fault);
        return;
      case 'failed':
      case 'died':
        this.#observer.dropped(`encoder-${outcome.kind}`);
        this.#workshop.report(outcome.error);
    }
  }

  /** Encodes finish out of order: to keep it is the topic's, which knows what it has shown. */
  #publish({ sequence, capturedAt, placeholder }: Sequenced, { data, width, height }: RenderedJpeg): void {
    this.#sink({ sequence, capturedAt, placeholder, data, width, height });
  }
}

/** True for a JPEG that is already what the rendition asks for; a width that would enlarge it asks for nothing. */
function passesAsIs({ format }: RawFrame, { width = Number.POSITIVE_INFINITY, ...rest }: Rendition): boolean {
  return isJpeg(format.fourcc) && width >= format.width && isIdentity(rest);
}
