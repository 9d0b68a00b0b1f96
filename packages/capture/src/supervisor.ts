import { type CameraControl, type CameraState, FramehubError, type Logger, type RawFrame } from '@framehub/frame';
import { CaptureThread, type ThreadEvents } from './capture-thread.js';
import { valuesOf } from './kept-controls.js';
import type { Report } from './messages.js';
import { labelOf } from './options.js';
import { Retry, type RetryParts } from './retry.js';
import { type Setup, threadData } from './setup.js';
import { Vitals } from './vitals.js';

/** Frames for this long, and the next failure is a new one: its first retry comes soon. */
const STEADY_MS = 10_000;
/** Sequences left free before each retry, for the cards that are shown meanwhile, one a second. */
const CARDS_PER_TRY = 1000;

/** What the supervisor may be given by tests. */
export interface SupervisorParts extends RetryParts {
  readonly startThread?: (...args: ConstructorParameters<typeof CaptureThread>) => CaptureThread;
}

export interface SupervisorEvents {
  frame(frame: RawFrame): void;
  /** The state, or the error behind it, is another. */
  state(): void;
  /** The picture has stopped changing, or moves again. */
  frozen(): void;
  /** Another program has changed values of these names. */
  controlsChanged(controls: readonly CameraControl[], changed: readonly string[]): void;
}

/**
 * Keeps a camera going: starts its thread, and another when that fails, waiting longer each time; lets it sleep when
 * nobody has watched for a while, and wakes it. The only place where anything is tried again.
 */
export class Supervisor {
  readonly vitals: Vitals;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #events: SupervisorEvents;
  readonly #startThread: NonNullable<SupervisorParts['startThread']>;
  readonly #retry: Retry;
  readonly #settled = new Set<() => void>();
  #setup: Setup;
  #thread: CaptureThread | undefined;
  /** The thread has been told to stop; nothing that it says now is about how the camera will be. */
  #leaving = false;
  #firstOfThread = 0;
  #wanted = false;
  #questions = 0;
  #liveSince = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(setup: Setup, logger: Logger, events: SupervisorEvents, parts: SupervisorParts = {}) {
    const { name, source } = setup.options;
    this.#name = name;
    this.#setup = setup;
    this.#logger = logger;
    this.#events = events;
    this.#startThread = parts.startThread ?? ((...args) => new CaptureThread(...args));
    this.#retry = new Retry(() => this.#tryAgain(), parts);
    this.vitals = new Vitals(labelOf(source));
  }

  get state(): CameraState {
    return this.vitals.state;
  }

  get setup(): Setup {
    return this.#setup;
  }

  /** Whether there is a thread, or will be one as soon as the last has gone or the wait is over. */
  get running(): boolean {
    return this.state === 'live' || this.state === 'waiting' || (this.state === 'starting' && !!this.#thread);
  }

  /** Starts the source unless it runs, waits for its next try, is switched off or closed. */
  wake(): void {
    if (this.#isAtRest() || this.state === 'waiting' || (this.#thread && !this.#leaving)) return;
    this.#setState('starting');
    // Otherwise it is started when the last thread, which is on its way to sleep, has gone.
    if (!this.#thread) this.#start();
  }

  demand(wanted: boolean): void {
    this.#wanted = wanted;
    this.#thread?.demand(wanted);
    if (wanted) this.wake();
    this.#mindIdle();
  }

  /** Puts a question to the thread, which is woken for it, and kept awake until it has answered. */
  async ask<T>(question: (thread: CaptureThread) => Promise<T>): Promise<T> {
    this.#questions += 1;
    clearTimeout(this.#idleTimer);
    try {
      return await question(await this.#awake());
    } finally {
      this.#questions -= 1;
      this.#mindIdle();
    }
  }

  /** Takes another setup, for the threads from now on. */
  adopt(setup: Setup): void {
    this.#setup = setup;
    this.#mindIdle();
  }

  /**
   * Where there is a thread, or soon would be one, it is replaced by a new one.
   * @param state `waiting` for another try of what has failed
   */
  restart(state: 'starting' | 'waiting'): void {
    this.vitals.renamed(labelOf(this.#setup.options.source));
    if (!this.running) return;
    this.#retry.cancel();
    this.#setState(state);
    if (this.#thread) void this.#leave();
    else this.#start();
  }

  /** Closes the source and keeps it closed, until it is switched on again. */
  async switchOff(): Promise<void> {
    if (this.state !== 'closed') await this.#rest('off');
  }

  switchOn(): void {
    if (this.state !== 'off') return;
    this.#setState('starting');
    if (!this.#thread) this.#start();
  }

  async close(): Promise<void> {
    await this.#rest('closed');
  }

  /** Resolves as soon as it is no longer starting. */
  settled(): Promise<void> {
    if (this.state !== 'starting') return Promise.resolve();
    return new Promise((resolve) => this.#settled.add(resolve));
  }

  /** A number for a card, above those of all pictures before it and below those of all after it. */
  takeSequence(): number {
    // A thread that tries has a number to begin with already.
    const most = this.#thread && !this.#leaving ? this.#firstOfThread - 1 : Number.POSITIVE_INFINITY;
    const sequence = Math.min(this.vitals.nextSequence, most);
    this.vitals.passed(sequence);
    return sequence;
  }

  async #awake(): Promise<CaptureThread> {
    this.wake();
    // On its way out it answers no more.
    while (this.#thread && this.#leaving) await this.#thread.stop();
    if (this.#thread && !this.#isAtRest()) return this.#thread;
    throw this.#refusal();
  }

  #refusal(): FramehubError {
    const { error, state } = this.vitals;
    if (error) return FramehubError.from(error);
    if (state === 'off')
      return new FramehubError('CAPTURE_OFF', `camera ${this.#name} is switched off: switch it on first`);
    return new FramehubError('CAPTURE_CLOSED', `camera ${this.#name} is closed`);
  }

  #isAtRest(): boolean {
    return this.state === 'off' || this.state === 'closed';
  }

  /** Goes to a state in which no thread runs. */
  async #rest(state: 'asleep' | 'off' | 'closed'): Promise<void> {
    this.#retry.cancel();
    clearTimeout(this.#idleTimer);
    this.vitals.error = undefined;
    this.#setState(state);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#leaving = this.#thread !== undefined;
    await this.#thread?.stop();
  }

  #tryAgain(): void {
    this.vitals.restarts += 1;
    this.#start();
  }

  #start(): void {
    const { vitals } = this;
    const room = this.state === 'waiting' ? CARDS_PER_TRY : 0;
    this.#firstOfThread = vitals.nextSequence + room;
    vitals.begin();
    this.#leaving = false;
    this.#thread = this.#startThread(threadData(this.#setup, this.#firstOfThread), this.#eventsOfThread());
    if (this.#wanted) this.#thread.demand(true);
  }

  #eventsOfThread(): ThreadEvents {
    const { vitals } = this;
    const { past } = this.#setup;
    return {
      opened: ({ label, fps, seen }) => {
        vitals.label = label;
        vitals.nominalFps = fps;
        past.seen = seen ?? past.seen;
      },
      frame: (frame) => {
        vitals.passed(frame.sequence);
        if (this.#leaving) return;
        vitals.lastFrameAt = frame.capturedAt;
        this.#events.frame(frame);
      },
      lapped: () => vitals.dropped.add('lapped'),
      report: (report) => this.#report(report),
      originals: (values) => {
        past.originals = values;
      },
      controlsChanged: (controls, changed) => {
        this.adopt({ ...this.#setup, kept: this.#setup.kept.with(valuesOf(controls, changed)) });
        this.#events.controlsChanged(controls, changed);
      },
      log: (level, message) => this.#logger[level]({ camera: this.#name }, message),
      ended: (error) => {
        // A camera that was unplugged forgets its values, and another may come in its place.
        if (error?.code === 'CAPTURE_DEVICE_GONE') past.originals = {};
        this.#ended(error);
      },
    };
  }

  #report(report: Report): void {
    const { vitals } = this;
    const wasFrozen = vitals.frozenSince !== undefined;
    vitals.report(report);
    if (this.#leaving || report.captured === 0) return;
    if (this.state !== 'live') this.#live();
    else if (performance.now() - this.#liveSince > STEADY_MS) this.#retry.forget();
    if ((vitals.frozenSince !== undefined) !== wasFrozen) this.#frozen();
  }

  #live(): void {
    const { vitals } = this;
    const { format, label, nominalFps } = vitals;
    vitals.error = undefined;
    this.#liveSince = performance.now();
    this.#retry.cancel();
    const size = format ? `${format.width}x${format.height} ${format.fourcc}` : '';
    const rate = nominalFps ? ` at ${Number(nominalFps.toFixed(2))} frames a second` : '';
    this.#logger.info({ camera: this.#name, source: label }, `camera is live: ${label}, ${size}${rate}`);
    this.#setState('live');
    this.#mindIdle();
  }

  #frozen(): void {
    const data = { camera: this.#name };
    if (this.vitals.frozenSince === undefined) this.#logger.info(data, 'the picture moves again');
    else this.#logger.warn(data, 'the picture is frozen: the camera sends one and the same');
    this.#events.frozen();
  }

  #ended(error: FramehubError | undefined): void {
    const wasLeaving = this.#leaving;
    this.#thread = undefined;
    this.#leaving = false;
    this.vitals.end();
    if (!wasLeaving && error) this.#failed(error);
    // Stopped for another setup, or wanted again while it was going to sleep.
    else if (this.state === 'starting' || this.state === 'waiting') this.#start();
  }

  #failed(error: FramehubError): void {
    const { vitals } = this;
    const isNews = vitals.error?.code !== error.code;
    vitals.error = error.toJSON();
    vitals.failures.add(error.code);
    if (isNews) {
      const data = { camera: this.#name, code: error.code };
      this.#logger.warn(data, `camera has failed: ${error.message} (it is tried again)`);
    }
    this.#setState('waiting', isNews);
    this.#retry.after(this.#setup.options.source, error);
  }

  /** Goes to sleep some time after the last demand and question, if told to. */
  #mindIdle(): void {
    clearTimeout(this.#idleTimer);
    const { idle = 'never' } = this.#setup.options;
    if (idle === 'never' || this.#wanted || this.#questions > 0 || this.state !== 'live') return;
    this.#idleTimer = setTimeout(() => void this.#rest('asleep'), idle * 1000);
  }

  #setState(state: CameraState, isNews = false): void {
    const changed = this.state !== state || isNews;
    this.vitals.state = state;
    if (state !== 'starting') {
      for (const resolve of this.#settled) resolve();
      this.#settled.clear();
    }
    if (changed) this.#events.state();
  }
}
