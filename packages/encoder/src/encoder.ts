import {
  type ErrorRecord,
  FramehubError,
  type JpegFrame,
  type Producer,
  type RawFrame,
  type Rendition,
  type Subscribable,
  subscription,
} from '@framehub/frame';
import { findCodec } from './codec/find.js';
import { compileKernels } from './kernels.js';
import { type EncoderOptions, type Settings, settingsFrom } from './options.js';
import { Places } from './places.js';
import { EncodePool } from './pool.js';
import { type RenditionObserver, RenditionStream, type Workshop } from './rendition-stream.js';
import { Turns } from './turns.js';

/** The codec in use. */
export interface CodecInfo {
  readonly name: 'turbo' | 'portable';
  /** For people: `libjpeg-turbo 3.1.2`. */
  readonly description: string;
  /** The library's file, or the name under which the system found it. */
  readonly path?: string;
}

const UNOBSERVED: RenditionObserver = { dropped() {}, encoded() {} };
const REPORT_EVERY_MS = 1000;

/** Turns frames into JPEG renditions on a pool of threads. */
export class Encoder {
  readonly #settings: Settings;
  /** What is at work, and whom to tell when it is closed from here. */
  readonly #streams = new Map<RenditionStream, () => void>();
  #started: Promise<void> | undefined;
  #codec: CodecInfo | undefined;
  #pool: EncodePool | undefined;
  #workshop: Workshop | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** Throws `ENCODER_INVALID_OPTION`. */
  constructor(options: EncoderOptions = {}) {
    this.#settings = settingsFrom(options);
  }

  /** Known once started; throws `ENCODER_NOT_STARTED` before. */
  get codec(): CodecInfo {
    return this.#codec ?? notStarted();
  }

  /** Finds the codec. Threads come with the first frame to encode. Rejects with `ENCODER_CODEC_MISSING`. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const { threads, timeLimit, logger } = this.#settings;
    const [kernels, { choice, description }] = await Promise.all([compileKernels(), findCodec(this.#settings)]);
    const pool = new EncodePool({ kernels, codec: choice }, threads, timeLimit, logger);
    this.#codec = { ...choice, description };
    this.#pool = pool;
    this.#workshop = {
      turns: new Turns(new Places(threads), pool.maxThreads),
      settings: this.#settings,
      run: (job) => pool.run(job),
      report: (error) => this.#report(error),
    };
  }

  /** Ends all renditions and threads; they can be had again after another {@link start}. */
  async close(): Promise<void> {
    await this.#started?.catch(() => undefined);
    for (const [stream, closed] of this.#streams) {
      stream.close();
      closed();
    }
    this.#streams.clear();
    await this.#pool?.close();
    this.#started = undefined;
    this.#pool = undefined;
    this.#workshop = undefined;
  }

  /**
   * A rendition of a source of raw frames. Nothing runs until its `start`, which throws `ENCODER_NOT_STARTED` while
   * the encoder is not. Drops what it cannot keep up with, newest wins, and tells `observer` of every drop.
   */
  rendition(
    source: Subscribable<RawFrame>,
    rendition: Rendition,
    observer: RenditionObserver = UNOBSERVED,
  ): Producer<JpegFrame> {
    return {
      start: (sink) => {
        const stream = new RenditionStream(source, rendition, sink, observer, this.#workshop ?? notStarted());
        this.#streams.set(stream, () => {});
        return subscription(() => {
          stream.close();
          this.#streams.delete(stream);
        });
      },
    };
  }

  /**
   * One picture of one frame, made when it is its turn among those of the renditions. Rejects with
   * `ENCODER_FRAME_REJECTED`, whose `details.reason` the README lists, or `ENCODER_NOT_STARTED`, also when closed meanwhile.
   *
   * @param owner whose frame it is: the source of its renditions, where it has some
   */
  async picture(
    frame: RawFrame,
    rendition: Rendition,
    observer: RenditionObserver = UNOBSERVED,
    owner?: object,
  ): Promise<JpegFrame> {
    const workshop = this.#workshop ?? notStarted();
    const { fourcc, width, height } = frame.format;
    let stream: RenditionStream | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const dropped = (reason: string): void => {
          observer.dropped(reason);
          const message = `a frame of ${width}x${height} ${fourcc} makes no picture: ${reason}`;
          reject(new FramehubError('ENCODER_FRAME_REJECTED', message, { reason }));
        };
        const watching = { encoded: (seconds: number) => observer.encoded(seconds), dropped };
        stream = new RenditionStream(onlyOne(frame), rendition, resolve, watching, workshop, owner);
        this.#streams.set(stream, () => reject(closed()));
      });
    } finally {
      stream?.close();
      if (stream) this.#streams.delete(stream);
    }
  }

  /** At most once a second: an error that comes with every frame would flood the log. */
  #report({ code, message, details }: ErrorRecord): void {
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    this.#settings.logger.error({ code, ...details }, `a frame could not be encoded: ${message}`);
  }
}

/** A source that delivers one frame. */
function onlyOne(frame: RawFrame): Subscribable<RawFrame> {
  return {
    subscribe(listener) {
      let open = true;
      queueMicrotask(() => {
        if (open) listener(frame);
      });
      return subscription(() => {
        open = false;
      });
    },
  };
}

function closed(): FramehubError {
  return new FramehubError('ENCODER_NOT_STARTED', 'the encoder was closed before the picture was made');
}

function notStarted(): never {
  throw new FramehubError('ENCODER_NOT_STARTED', 'the encoder has not been started: call start() and wait for it');
}
