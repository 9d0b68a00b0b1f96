import {
  type ErrorRecord,
  isIdentity,
  isJpeg,
  type JpegFrame,
  type Lease,
  type RawFrame,
  type Rendition,
  recordOf,
  type Sequenced,
} from '@framehub/frame';
import type { FairQueue, QueuedJob, QueueMember } from './fair-queue.js';
import { completeJpeg, RejectedFrame, structureOf } from './jpeg.js';
import type { EncodeJob, EncodeResult, RenderedJpeg } from './messages.js';
import type { Settings } from './options.js';
import type { RunningJob } from './pool.js';

/** Is called for each frame of a rendition. */
export interface RenditionObserver {
  /** A frame was not published. The README lists the reasons. */
  dropped(reason: string): void;
  /** A frame was encoded, which took this many seconds on its thread. */
  encoded(seconds: number): void;
}

/** What the streams of one encoder share. */
export interface EncoderContext {
  readonly queue: FairQueue;
  readonly settings: Pick<Settings, 'quality' | 'subsampling'>;
  run(job: EncodeJob): RunningJob;
  /** Reports an error of the encoder, not of the frame. */
  report(error: ErrorRecord): void;
}

export interface RenditionStreamOptions {
  /** Whose frames these are: the streams of one source share its turns. */
  readonly source: object;
  readonly rendition: Rendition;
  readonly sink: (frame: JpegFrame) => void;
  readonly observer: RenditionObserver;
}

/** Pixels of more than a sensor of 16 megapixels: encoding such a frame takes a hundred megabytes. */
const LARGE_PIXELS = 2 ** 24;

type Outcome = EncodeResult | { readonly kind: 'died'; readonly error: ErrorRecord };

/** Turns raw frames into one rendition, from its first viewer to its last. The newest frame wins: at most one waits. */
export class RenditionStream implements QueueMember {
  readonly source: object;
  readonly #rendition: Rendition;
  /** Pixels: JPEGs up to this width already are what the rendition asks for. 0 if it changes every frame. */
  readonly #maxUnchangedWidth: number;
  readonly #sink: (frame: JpegFrame) => void;
  readonly #observer: RenditionObserver;
  readonly #context: EncoderContext;
  #pending: RawFrame | undefined;
  #closed = false;

  constructor({ source, rendition, sink, observer }: RenditionStreamOptions, context: EncoderContext) {
    const { width = Number.POSITIVE_INFINITY, ...rest } = rendition;
    this.source = source;
    this.#rendition = rendition;
    this.#maxUnchangedWidth = isIdentity(rest) ? width : 0;
    this.#sink = sink;
    this.#observer = observer;
    this.#context = context;
  }

  /** Nothing is published any more; the results of running jobs are discarded. */
  close(): void {
    this.#closed = true;
    this.#pending = undefined;
    this.#context.queue.remove(this);
  }

  /** Publishes the rendition of a frame: at once if it passes unchanged, else when it is its turn. */
  readonly push = (frame: RawFrame): void => {
    const { fourcc, width } = frame.format;
    if (isJpeg(fourcc) && width <= this.#maxUnchangedWidth) {
      this.#pass(frame);
      return;
    }
    if (this.#pending) this.#observer.dropped('busy');
    this.#pending = frame;
    this.#context.queue.add(this);
  };

  /** The hot path: one copy out of the ring, on this thread. */
  #pass(frame: RawFrame): void {
    const lease = this.#lease(frame);
    if (!lease) return;
    const jpeg = this.#copy(frame, lease);
    lease.release();
    if (jpeg) this.#publish(frame, jpeg);
  }

  #copy({ jpeg }: RawFrame, { bytes }: Lease): RenderedJpeg | undefined {
    try {
      const info = structureOf(bytes, jpeg);
      return { data: completeJpeg(bytes, info), width: info.width, height: info.height };
    } catch (error) {
      if (error instanceof RejectedFrame) this.#observer.dropped(error.fault);
      else this.#fail('failed', recordOf(error));
      return undefined;
    }
  }

  get isLarge(): boolean {
    const { width = 0, height = 0 } = this.#pending?.format ?? {};
    return width * height > LARGE_PIXELS;
  }

  startJob(): QueuedJob | undefined {
    const frame = this.#pending;
    this.#pending = undefined;
    const lease = frame && this.#lease(frame);
    return lease && this.#encode(frame, lease);
  }

  #lease(frame: RawFrame): Lease | undefined {
    const lease = frame.lease();
    if (!lease) this.#observer.dropped('overrun');
    return lease;
  }

  #encode(frame: RawFrame, lease: Lease): QueuedJob {
    const { quality, subsampling } = this.#context.settings;
    const { format, jpeg } = frame;
    const job = { bytes: lease.bytes, format, jpeg, rendition: this.#rendition, quality, subsampling };
    const { result, ended } = this.#context.run(job);
    const outcome: Promise<Outcome> = result.catch((error: unknown) => ({ kind: 'died', error: recordOf(error) }));
    return {
      result: outcome.then((known) => () => this.#use(known, frame)),
      ended: ended.then(() => lease.release()),
    };
  }

  #use(outcome: Outcome, frame: RawFrame): void {
    if (this.#closed) return;
    switch (outcome.kind) {
      case 'encoded':
        this.#observer.encoded(outcome.seconds);
        this.#publish(frame, outcome.jpeg);
        return;
      case 'rejected':
        this.#observer.dropped(outcome.fault);
        return;
      case 'failed':
      case 'died':
        this.#fail(outcome.kind, outcome.error);
    }
  }

  #fail(how: 'failed' | 'died', error: ErrorRecord): void {
    this.#observer.dropped(`encoder-${how}`);
    this.#context.report(error);
  }

  /** Jobs end out of order: the topic, which knows what it has published, drops the frames that are late. */
  #publish({ sequence, capturedAt, placeholder }: Sequenced, { data, width, height }: RenderedJpeg): void {
    this.#sink({ sequence, capturedAt, placeholder, data, width, height });
  }
}
