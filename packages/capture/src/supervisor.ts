import {
  type CameraState,
  Counters,
  type ErrorRecord,
  FramehubError,
  type Logger,
  type PixelFormat,
  type RawFrame,
} from '@framehub/frame';
import { BackOff } from './back-off.js';
import { CaptureThread, type ThreadEvents } from './capture-thread.js';
import type { Report } from './messages.js';
import { type CameraOptions, labelOf } from './options.js';
import { RateMeter } from './rate-meter.js';
import { whenBack } from './when-back.js';

/** Frames for this long, and the next failure is a new one: its first retry comes soon. */
const STEADY_MS = 10_000;

/** What the supervisor may be given by tests. */
export interface SupervisorParts {
  readonly startThread?: (...args: ConstructorParameters<typeof CaptureThread>) => CaptureThread;
  readonly backOff?: BackOff;
}

/**
 * Keeps a camera going: starts its thread, and another when that fails, waiting longer each time; lets it sleep when
 * nobody has watched for a while, and wakes it. The only place where anything is tried again.
 */
export class Supervisor {
  readonly dropped = new Counters();
  readonly rate = new RateMeter();
  state: CameraState = 'starting';
  error: ErrorRecord | undefined;
  label: string;
  nominalFps: number | undefined;
  format: PixelFormat | undefined;
  captured = 0;
  restarts = 0;
  lastFrameAt: number | undefined;
  frozenSince: number | undefined;

  readonly #options: CameraOptions;
  readonly #logger: Logger;
  readonly #deliver: (frame: RawFrame) => void;
  readonly #changed: () => void;
  readonly #startThread: NonNullable<SupervisorParts['startThread']>;
  readonly #backOff: BackOff;
  #thread: CaptureThread | undefined;
  #wanted = false;
  #questions = 0;
  #nextSequence = 0;
  #capturedBefore = 0;
  #liveSince = 0;
  #controls: Readonly<Record<string, number>> = {};
  #originals: Readonly<Record<string, number>> = {};
  #cancelRetry: () => void = () => {};
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(
    options: CameraOptions,
    logger: Logger,
    events: { frame(frame: RawFrame): void; changed(): void },
    { startThread = (...args) => new CaptureThread(...args), backOff = new BackOff() }: SupervisorParts = {},
  ) {
    this.#options = options;
    this.#logger = logger;
    this.#deliver = events.frame;
    this.#changed = events.changed;
    this.#startThread = startThread;
    this.#backOff = backOff;
    this.label = labelOf(options.source);
  }

  /** Starts the source unless it runs, waits for its next try or is closed. */
  wake(): void {
    if (this.#thread || this.state === 'closed' || this.state === 'waiting') return;
    this.#setState('starting');
    this.#start();
  }

  demand(wanted: boolean): void {
    this.#wanted = wanted;
    this.#thread?.demand(wanted);
    if (wanted) this.wake();
    this.#minds();
  }

  /** Puts a question about controls to the thread, which is woken for it, and kept awake until it has answered. */
  async ask<T>(question: (thread: CaptureThread) => Promise<T>): Promise<T> {
    this.#questions += 1;
    clearTimeout(this.#idleTimer);
    try {
      return await question(await this.#awake());
    } finally {
      this.#questions -= 1;
      this.#minds();
    }
  }

  async #awake(): Promise<CaptureThread> {
    // On its way to sleep it answers no more.
    if (this.state === 'asleep') await this.#thread?.stop();
    this.wake();
    if (this.#thread) return this.#thread;
    throw this.error
      ? FramehubError.from(this.error)
      : new FramehubError('CAPTURE_CLOSED', `camera ${this.#options.name} is closed`);
  }

  /** Values that a later thread sets again. */
  keepControls(values: Readonly<Record<string, number>>): void {
    this.#controls = { ...this.#controls, ...values };
  }

  async close(): Promise<void> {
    this.#cancelRetry();
    clearTimeout(this.#idleTimer);
    this.error = undefined;
    this.#setState('closed');
    await this.#thread?.stop();
  }

  #start(): void {
    const data = {
      camera: this.#options,
      firstSequence: this.#nextSequence,
      controls: this.#controls,
      originals: this.#originals,
    };
    this.#capturedBefore = this.captured;
    this.rate.reset();
    const thread = this.#startThread(data, this.#eventsOfThread());
    this.#thread = thread;
    if (this.#wanted) thread.demand(true);
  }

  #eventsOfThread(): ThreadEvents {
    return {
      opened: ({ label, fps }) => {
        this.label = label;
        this.nominalFps = fps;
      },
      frame: (frame) => {
        this.#nextSequence = frame.sequence + 1;
        this.lastFrameAt = frame.capturedAt;
        this.#deliver(frame);
      },
      lapped: () => this.dropped.add('lapped'),
      report: (report) => this.#report(report),
      originals: (values) => {
        this.#originals = values;
      },
      log: (level, message) => this.#logger[level]({ camera: this.#options.name }, message),
      ended: (error) => this.#ended(error),
    };
  }

  #report(report: Report): void {
    this.captured = this.#capturedBefore + report.captured;
    for (const [reason, count] of Object.entries(report.dropped)) this.dropped.add(reason, count);
    this.rate.read(this.captured, performance.now());
    if (report.sequence !== undefined) this.#nextSequence = Math.max(this.#nextSequence, report.sequence + 1);
    this.format = report.format ?? this.format;
    this.lastFrameAt = report.lastFrameAt ?? this.lastFrameAt;
    this.frozenSince = report.frozenSince;
    // What a thread reports on its way out makes nothing live.
    if (this.state === 'closed' || this.state === 'asleep' || report.captured === 0) return;
    if (this.state !== 'live') this.#live();
    else if (this.#liveSince !== 0 && performance.now() - this.#liveSince > STEADY_MS) this.#backOff.reset();
  }

  #live(): void {
    const { format, label, nominalFps } = this;
    this.error = undefined;
    this.#liveSince = performance.now();
    const size = format ? `${format.width}x${format.height} ${format.fourcc}` : '';
    const rate = nominalFps ? ` at ${Number(nominalFps.toFixed(2))} frames a second` : '';
    this.#logger.info({ camera: this.#options.name, source: label }, `camera is live: ${label}, ${size}${rate}`);
    this.#setState('live');
    this.#minds();
  }

  #ended(error: FramehubError | undefined): void {
    this.#thread = undefined;
    this.rate.reset();
    this.frozenSince = undefined;
    if (this.state === 'closed') return;
    // Put to sleep, and perhaps wanted again by now.
    if (!error) {
      if (this.#wanted) this.wake();
      return;
    }
    // A camera that was unplugged forgets its values, and another may come in its place.
    if (error.code === 'CAPTURE_DEVICE_GONE') this.#originals = {};
    this.#failed(error);
  }

  #failed(error: FramehubError): void {
    const news = this.error?.code !== error.code || this.error.message !== error.message;
    this.error = error.toJSON();
    const wait = this.#backOff.next();
    if (news) {
      const { name } = this.#options;
      this.#logger.warn({ camera: name, code: error.code }, `camera has failed: ${error.message} (it is tried again)`);
    }
    this.#setState('waiting', news);
    this.#cancelRetry = whenBack(this.#options.source, error, wait, () => {
      this.restarts += 1;
      this.#start();
    });
  }

  /** Goes to sleep some time after the last demand and question, if told to. */
  #minds(): void {
    clearTimeout(this.#idleTimer);
    const { idle = 'never' } = this.#options;
    if (idle === 'never' || this.#wanted || this.#questions > 0 || this.state !== 'live') return;
    this.#idleTimer = setTimeout(() => {
      this.#setState('asleep');
      void this.#thread?.stop();
    }, idle * 1000);
  }

  #setState(state: CameraState, news = false): void {
    const changed = this.state !== state || news;
    this.state = state;
    if (changed) this.#changed();
  }
}
