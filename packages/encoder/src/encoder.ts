import {
  type ErrorRecord,
  FramehubError,
  type JpegFrame,
  type Producer,
  type RawFrame,
  type Rendition,
  type Subscribable,
  subscription,
  within,
} from '@framehub/frame';
import { findCodec } from './codec/find.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { FairQueue } from './fair-queue.js';
import { compileKernels } from './kernels.js';
import { type EncoderOptions, type Settings, settingsFrom } from './options.js';
import { EncodePool } from './pool.js';
import {
  type EncoderContext,
  type RenditionObserver,
  RenditionStream,
  type RenditionStreamOptions,
} from './rendition-stream.js';

/** The codec in use. */
export interface CodecInfo {
  readonly name: 'turbo' | 'portable';
  /** Human-readable: `libjpeg-turbo 3.1.2`. */
  readonly description: string;
  /** The library's file, or the name under which the system found it. */
  readonly path?: string;
}

/** Options of {@link Encoder.start}. */
export interface StartOptions {
  /** Stops waiting for the codec. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Encoder.rendition}. */
export interface RenditionOptions {
  /** Is called for every frame, whether it is encoded or dropped. @default none */
  readonly observer?: RenditionObserver | undefined;
}

/** Options of {@link Encoder.encode}. */
export interface EncodeOptions extends RenditionOptions {
  /** The source of the frame's renditions, whose turns it shares. @default none: the frame has turns of its own */
  readonly source?: object | undefined;
  /** Gives up waiting: the frame is not encoded, or its result discarded. */
  readonly signal?: AbortSignal | undefined;
}

const NO_OBSERVER: RenditionObserver = { dropped() {}, encoded() {} };
const REPORT_INTERVAL_MS = 1000;

/**
 * Turns frames into JPEG renditions on a pool of threads.
 *
 * @example
 * await using encoder = new Encoder({ quality: 80 });
 * await encoder.start();
 * const { data } = await encoder.encode(frame, { width: 640 });
 */
export class Encoder implements AsyncDisposable {
  readonly #settings: Settings;
  /** Ends each rendition and each single frame that is being encoded. */
  readonly #running = new Set<() => void>();
  #started: Promise<void> | undefined;
  #codec: CodecInfo | undefined;
  #pool: EncodePool | undefined;
  #context: EncoderContext | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** @throws FramehubError `ENCODER_INVALID_OPTION` */
  constructor(options: EncoderOptions = {}) {
    this.#settings = settingsFrom(options);
  }

  /** Known once started. @throws FramehubError `ENCODER_NOT_STARTED` before */
  get codec(): CodecInfo {
    return this.#codec ?? notStarted();
  }

  /**
   * Finds the codec. Threads start with the first frame to encode.
   *
   * @throws FramehubError `ENCODER_CODEC_MISSING`; the signal's reason if it aborts first
   */
  async start({ signal }: StartOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#started ??= this.#prepare();
    await within(this.#started, Number.POSITIVE_INFINITY, signal);
    signal?.throwIfAborted();
  }

  async #prepare(): Promise<void> {
    const { threads, timeLimit, logger } = this.#settings;
    const [kernels, { choice, description }] = await Promise.all([compileKernels(), findCodec(this.#settings)]);
    const pool = new EncodePool({ setup: { kernels, codec: choice }, threads, timeLimit, logger });
    this.#codec = { ...choice, description };
    this.#pool = pool;
    this.#context = {
      queue: new FairQueue(new ConcurrencyLimit(threads), pool.maxThreads),
      settings: this.#settings,
      run: (job) => pool.run(job),
      report: (error) => this.#report(error),
    };
  }

  /** Ends all renditions and threads. {@link start} may be called again afterwards. */
  async close(): Promise<void> {
    await this.#started?.catch(() => undefined);
    for (const end of [...this.#running]) end();
    await this.#pool?.close();
    this.#started = undefined;
    this.#pool = undefined;
    this.#context = undefined;
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * A rendition of a source of raw frames. Nothing runs until the producer's `start`, which throws
   * `ENCODER_NOT_STARTED` unless the encoder is started. If frames come faster than they are encoded, older ones are
   * dropped. The source is borrowed: it is subscribed to while the producer runs.
   */
  rendition(
    source: Subscribable<RawFrame>,
    rendition: Rendition,
    { observer = NO_OBSERVER }: RenditionOptions = {},
  ): Producer<JpegFrame> {
    return {
      start: (sink) => {
        const stream = this.#open({ source, rendition, sink, observer });
        const frames = source.subscribe(stream.push);
        const end = (): void => {
          this.#running.delete(end);
          frames.close();
          stream.close();
        };
        this.#running.add(end);
        return subscription(end);
      },
    };
  }

  /**
   * Encodes a single frame, when it is its turn among those of the renditions.
   *
   * @param frame borrowed: leased while a thread reads it
   * @returns owned
   * @throws FramehubError `ENCODER_FRAME_REJECTED`, whose `details.reason` is one of the README's drops;
   *   `ENCODER_NOT_STARTED`, also if the encoder is closed meanwhile; the signal's reason if it aborts first
   */
  async encode(
    frame: RawFrame,
    rendition: Rendition,
    { observer = NO_OBSERVER, source = frame, signal }: EncodeOptions = {},
  ): Promise<JpegFrame> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = withResolvers<JpegFrame>();
    const dropped = (reason: string): void => {
      observer.dropped(reason);
      reject(rejected(frame, reason));
    };
    const encoded = (seconds: number): void => observer.encoded(seconds);
    const stream = this.#open({ source, rendition, sink: resolve, observer: { dropped, encoded } });
    const end = (): void => reject(closed());
    const abort = (): void => reject(signal?.reason);
    this.#running.add(end);
    signal?.addEventListener('abort', abort);
    try {
      stream.push(frame);
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#running.delete(end);
      stream.close();
    }
  }

  #open(options: RenditionStreamOptions): RenditionStream {
    return new RenditionStream(options, this.#context ?? notStarted());
  }

  /** Logs at most once a second: an error that comes with every frame would flood the log. */
  #report({ code, message, details }: ErrorRecord): void {
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_INTERVAL_MS) return;
    this.#reportedAt = now;
    this.#settings.logger.error({ code, ...details }, `a frame could not be encoded: ${message}`);
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

function rejected({ format: { width, height, fourcc } }: RawFrame, reason: string): FramehubError {
  const message = `a frame of ${width}x${height} ${fourcc} was not encoded: ${reason}`;
  return new FramehubError('ENCODER_FRAME_REJECTED', message, { reason });
}

function closed(): FramehubError {
  return new FramehubError('ENCODER_NOT_STARTED', 'the encoder was closed before the frame was encoded');
}

function notStarted(): never {
  throw new FramehubError('ENCODER_NOT_STARTED', 'the encoder is not started: call start() and wait for it');
}
