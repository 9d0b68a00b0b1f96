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
  type Subscribable,
} from '@framehub/frame';
import { BadFrame, checkJpeg } from './bad-frame.js';
import type { EncodeAnswer, EncodeJob, RenderedJpeg } from './messages.js';
import type { Settings } from './options.js';
import type { RunningJob } from './pool.js';
import type { Turns, TurnTaker, Work } from './turns.js';
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
  run(job: EncodeJob): RunningJob;
  /** An error that is the encoder's and not the frame's. */
  report(error: ErrorRecord): void;
}

/** Pixels beyond a sensor of 16 megapixels: working on one of these takes a hundred megabytes. */
const LARGE_PIXELS = 2 ** 24;

type Outcome = EncodeAnswer | { readonly kind: 'died'; readonly error: ErrorRecord };

/** A rendition at work, from its first viewer to its last. */
export class RenditionStream implements TurnTaker {
  /** Whose frames these are: renditions of one camera share its turns. */
  readonly source: object;
  readonly #rendition: Rendition;
  readonly #sink: (frame: JpegFrame) => void;
  readonly #observer: RenditionObserver;
  readonly #workshop: Workshop;
  readonly #subscription: { close(): void };
  #pending: RawFrame | undefined;
  #closed = false;

  /** @param owner whose frames these are, where that is not the source itself */
  constructor(
    source: Subscribable<RawFrame>,
    rendition: Rendition,
    sink: (frame: JpegFrame) => void,
    observer: RenditionObserver,
    workshop: Workshop,
    owner: object = source,
  ) {
    this.source = owner;
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
      if (error instanceof BadFrame) this.#observer.dropped(error.fault);
      else this.#fail('failed', recordOf(error));
      return undefined;
    }
  }

  get isLarge(): boolean {
    const { width = 0, height = 0 } = this.#pending?.format ?? {};
    return width * height > LARGE_PIXELS;
  }

  begin(): Work | undefined {
    const frame = this.#pending;
    this.#pending = undefined;
    const lease = frame && this.#leaseOf(frame);
    return lease && this.#encode(frame, lease);
  }

  #leaseOf(frame: RawFrame): Lease | undefined {
    const lease = frame.lease();
    if (!lease) this.#observer.dropped('overrun');
    return lease;
  }

  #encode(frame: RawFrame, lease: Lease): Work {
    const { quality, subsampling } = this.#workshop.settings;
    const job = { bytes: lease.bytes, format: frame.format, rendition: this.#rendition, quality, subsampling };
    const { answer, ended } = this.#workshop.run(job);
    const outcome: Promise<Outcome> = answer.catch((error: unknown) => ({ kind: 'died', error: recordOf(error) }));
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
      case 'bad-frame':
        this.#observer.dropped(outcome.fault);
        return;
      case 'failed':
      case 'died':
        this.#fail(outcome.kind, outcome.error);
    }
  }

  #fail(how: 'failed' | 'died', error: ErrorRecord): void {
    this.#observer.dropped(`encoder-${how}`);
    this.#workshop.report(error);
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
