import {
  type CameraState,
  codeOf,
  Emitter,
  FramehubError,
  type Logger,
  type RawFrame,
  type Subscription,
  subscription,
} from '@framehub/frame';
import { captureFailure } from './capture-error.js';
import { CaptureThread, type ThreadEvents } from './capture-thread.js';
import type { ReplyTo, Request, ThreadReport } from './messages.js';
import { type CaptureOptions, identityOf, labelOf } from './options.js';
import { Placeholder } from './placeholder/placeholder.js';
import { Retry, type RetryParts } from './retry.js';
import { firstSetup, needsRestart, type Setup, setupWith, threadData, valuesOf } from './setup.js';
import { type CameraEvent, type CameraSnapshot, StatusTracker } from './status-tracker.js';

export type StartThread = (...args: ConstructorParameters<typeof CaptureThread>) => CaptureThread;

/** What tests replace. */
export interface CameraParts extends RetryParts {
  readonly startThread?: StartThread;
}

/** Sequences left free before each retry, for the placeholders that are shown meanwhile, one a second. */
const PLACEHOLDERS_PER_TRY = 1000;
/** Failures that a thread that hangs does not explain better. */
const CLEAR_FAILURES: readonly (string | undefined)[] = ['CAPTURE_THREAD_HUNG', 'CAPTURE_DEVICE_GONE'];
/** Threads of one source that may hang when it is tried again: if the attempt hangs too, there are two, and never more. */
const MAX_HUNG_BEFORE_TRY = 1;

/**
 * Keeps one camera alive: starts its thread, and another one when that fails, after growing waits; closes it while no
 * frames are wanted, and opens it again. The only place where anything is retried.
 */
export class Supervisor {
  readonly status: StatusTracker;
  readonly events: Emitter<CameraEvent>;
  readonly #startThread: StartThread;
  readonly #retry: Retry;
  readonly #placeholder: Placeholder;
  /** Abandoned threads that have not exited yet, with what they have opened. */
  readonly #hung = new Map<CaptureThread, string>();
  #setup: Setup;
  /** At most one: a device can be opened only after the last thread has closed it. */
  #thread: CaptureThread | undefined;
  /** Why the thread is about to exit. */
  #leaving: 'failed' | 'stopped' | undefined;
  /** The first sequence that the thread may use. */
  #firstSequence = 0;
  #consumer: { readonly sink: (frame: RawFrame) => void } | undefined;
  /** Requests that are not answered yet. */
  #requests = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: CaptureOptions, logger: Logger, parts: CameraParts) {
    const { name, source } = options;
    this.#setup = firstSetup(options);
    this.#startThread = parts.startThread ?? ((...args) => new CaptureThread(...args));
    this.#retry = new Retry(() => this.contain(() => this.#tryAgain()), parts);
    this.status = new StatusTracker(name, labelOf(source), logger, (type) => {
      if (type === 'state') this.#placeholder.update();
      this.events.emit({ type, snapshot: this.snapshot() });
    });
    this.events = new Emitter((error) => this.status.logFault(captureFailure(error)));
    this.#placeholder = new Placeholder(this);
  }

  get setup(): Setup {
    return this.#setup;
  }

  get #state(): CameraState {
    return this.status.state;
  }

  /** Whether frames come, or may come after a while. */
  get #running(): boolean {
    return this.#state === 'live' || this.#state === 'retrying' || (this.#state === 'starting' && !!this.#thread);
  }

  snapshot(): CameraSnapshot {
    return this.status.snapshot(this.#placeholder.title);
  }

  /** An exception in a timer or listener is a failure of the camera, and not of the process. */
  contain(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Delivers frames to the sink until the subscription is closed. Opens a camera that is closed for want of demand. */
  start(sink: (frame: RawFrame) => void): Subscription {
    if (this.#consumer) {
      const { name } = this.#setup.options;
      throw new FramehubError(
        'CAPTURE_ALREADY_STARTED',
        `camera ${name} delivers frames to one consumer already: let that share them, as a Topic of @framehub/broker does`,
      );
    }
    const consumer = { sink };
    this.#consumer = consumer;
    this.#demandChanged();
    this.wake();
    return subscription(() => {
      if (this.#consumer !== consumer) return;
      this.#consumer = undefined;
      this.#demandChanged();
    });
  }

  /** Delivers a placeholder. */
  deliver(frame: RawFrame): void {
    this.#consumer?.sink(frame);
  }

  #demandChanged(): void {
    const wanted = this.#consumer !== undefined;
    if (!this.#leaving) this.#thread?.demand(wanted);
    this.#placeholder.demand(wanted);
    this.#restartIdleTimer();
  }

  /** Starts the source unless it runs, waits for its next try, is switched off or closed. */
  wake(): void {
    if (this.#state === 'standby' || (this.#state === 'starting' && !this.#thread)) this.#begin('starting');
  }

  /**
   * Sends requests to the thread; the camera is opened for them, and stays open until they are answered.
   *
   * @throws a `CAPTURE_…` error: the thread's refusal, or why there is no thread
   */
  async ask<T>(ask: (request: <R extends Request>(request: R) => Promise<ReplyTo<R>>) => Promise<T>): Promise<T> {
    this.#requests += 1;
    this.#restartIdleTimer();
    try {
      this.wake();
      // A thread that is about to exit answers nothing. After one that failed comes the next when it is due.
      while (this.#state !== 'retrying' && this.#leaving) await this.#stopThread();
      const thread = this.#leaving ? undefined : this.#thread;
      if (!thread) throw this.#unavailable();
      return await ask((request) => thread.request(request));
    } catch (error) {
      // The thread was stopped before it has answered.
      if (this.#state === 'off' && codeOf(error) === 'CAPTURE_CLOSED') throw this.#unavailable();
      throw error;
    } finally {
      this.#requests -= 1;
      this.#restartIdleTimer();
    }
  }

  /** Why the camera answers no requests. */
  #unavailable(): FramehubError {
    const { error, state } = this.status;
    const { name } = this.#setup.options;
    if (error) return FramehubError.from(error);
    if (state === 'off') return new FramehubError('CAPTURE_OFF', `camera ${name} is switched off: switch it on first`);
    return new FramehubError('CAPTURE_CLOSED', `camera ${name} is closed`);
  }

  /** Takes another setup, for the threads from now on. */
  adopt(setup: Setup): void {
    this.#setup = setup;
    this.#restartIdleTimer();
  }

  /**
   * Goes on with other options. A camera that was live before and fails with them goes back to the old ones; when those
   * have started or failed, the reason is thrown. A camera that gave no frames before keeps the new ones.
   */
  async change(options: CaptureOptions): Promise<void> {
    const before = this.#setup;
    const wasLive = this.#state === 'live';
    const after = setupWith(before, options);
    this.adopt(after);
    if (needsRestart(before.options, options)) this.#restart(this.#state === 'retrying' ? 'retrying' : 'starting');
    await this.#outcome();
    const { state, error } = this.status;
    if (state === 'closed') throw new FramehubError('CAPTURE_CLOSED', `camera ${options.name} is closed`);
    if (!wasLive || state !== 'retrying' || !error) return;
    const { kept } = this.#setup;
    // Controls that were set meanwhile hold for the old options too.
    this.adopt(kept === after.kept ? before : { ...before, kept });
    this.#restart('starting');
    await this.#outcome();
    throw FramehubError.from(error);
  }

  /** Starts anew with the setup, unless it is standing by, off or closed. */
  #restart(state: 'starting' | 'retrying'): void {
    this.status.renamed(labelOf(this.#setup.options.source));
    if (this.#running) this.#begin(state);
  }

  /** Resolves when a start that is under way has succeeded or failed. */
  async #outcome(): Promise<void> {
    if (this.#running) await this.status.settled();
  }

  /** Closes the source and keeps it closed, until it is switched on again. */
  async switchOff(): Promise<void> {
    if (this.#state !== 'closed') await this.#rest('off');
  }

  switchOn(): void {
    if (this.#state === 'off') this.#begin('starting');
  }

  async close(): Promise<void> {
    this.#consumer = undefined;
    this.#placeholder.demand(false);
    await this.#rest('closed');
  }

  /** A sequence for a placeholder, above those of all frames before it and below those of all frames after it. */
  reserveSequence(): number {
    const { nextSequence } = this.status;
    // A thread that is leaving uses no more; without a thread none has been promised.
    const isPromised = this.#thread && !this.#leaving;
    const sequence = isPromised ? Math.min(nextSequence, this.#firstSequence - 1) : nextSequence;
    this.status.used(sequence);
    return sequence;
  }

  /** Starts a new thread as soon as the last one has exited. */
  #begin(state: 'starting' | 'retrying'): void {
    this.#retry.cancel();
    this.status.enter(state);
    if (this.#thread) this.#leave(this.#stopThread());
    else this.contain(() => this.#startNext());
  }

  /** Enters a state in which no thread runs. */
  async #rest(state: 'standby' | 'off' | 'closed'): Promise<void> {
    this.#retry.cancel();
    clearTimeout(this.#idleTimer);
    this.status.rest(state);
    await this.#stopThread();
  }

  /** Resolves when there is no thread, or already the next one. */
  async #stopThread(): Promise<void> {
    if (this.#thread) this.#leaving = 'stopped';
    await this.#thread?.stop();
  }

  /** @param maxHung threads of the same source that may hang meanwhile */
  #startNext(maxHung = 0): void {
    const source = identityOf(this.#setup.options.source);
    if ([...this.#hung.values()].filter((other) => other === source).length > maxHung) {
      this.#hold();
      return;
    }
    const room = this.#state === 'retrying' ? PLACEHOLDERS_PER_TRY : 0;
    this.#firstSequence = this.status.nextSequence + room;
    this.status.threadStarted();
    this.#thread = this.#startThread(threadData(this.#setup, this.#firstSequence), this.#eventsFor(this.#setup));
    if (this.#consumer) this.#thread.demand(true);
  }

  #tryAgain(): void {
    this.#startNext(MAX_HUNG_BEFORE_TRY);
    if (this.#thread) this.status.restarts += 1;
  }

  /** The next thread would hang beside the last one: it is started when that has exited, or when a device appears. */
  #hold(): void {
    if (CLEAR_FAILURES.includes(this.status.error?.code)) this.status.enter('retrying');
    else
      this.#failed(
        new FramehubError(
          'CAPTURE_THREAD_HUNG',
          'the camera driver is blocked: unplug and replug the camera if it stays so',
        ),
      );
    if (this.#state === 'retrying') this.#retry.hold(this.#setup.options.source);
  }

  #eventsFor({ past, options: { source } }: Setup): ThreadEvents {
    const { status } = this;
    return {
      frame: (frame) => {
        status.frame(frame);
        if (!this.#leaving) this.#consumer?.sink(frame);
      },
      overrun: () => status.dropped.add('overrun'),
      report: (report) => this.#reported(report, past),
      fault: (error) => this.#fault(error),
      failed: (error) => {
        // A camera that was unplugged forgets its values, and another one may be plugged in.
        if (error.code === 'CAPTURE_DEVICE_GONE') past.originals = {};
        if (this.#leaving) return;
        this.#leaving = 'failed';
        status.threadEnded();
        this.#failed(error);
      },
      ended: (error) => {
        const thread = this.#thread;
        const wasStopped = this.#leaving === 'stopped';
        this.#thread = undefined;
        this.#leaving = undefined;
        status.threadEnded();
        if (thread?.abandoned) this.#hangs(thread, identityOf(source));
        if (error && !wasStopped && thread?.abandoned) this.#hold();
        else if (error && !wasStopped) this.#retry.schedule();
        // Stopped for another setup, or wanted again before it was closed.
        else if (this.#state === 'starting' || this.#state === 'retrying') this.#startNext();
      },
    };
  }

  #reported(report: ThreadReport, past: Setup['past']): void {
    const { status } = this;
    switch (report.type) {
      case 'opened':
        status.opened(report);
        past.seen = report.seen ?? past.seen;
        return;
      case 'missed':
        past.seen = report.seen;
        return;
      case 'originals':
        past.originals = report.values;
        return;
      case 'log':
        status.log(report.level, report.message);
        return;
      case 'controls-changed': {
        if (this.#leaving) return;
        const { controls, changed } = report;
        this.adopt({ ...this.#setup, kept: this.#setup.kept.with(valuesOf(controls, changed)) });
        this.events.emit({ type: 'controls', controls, changed, origin: 'external' });
        return;
      }
      case 'report': {
        const wasFrozen = status.frozenSince !== undefined;
        status.count(report);
        if (this.#leaving) return;
        if (report.captured > 0) this.#works();
        if (wasFrozen !== (status.frozenSince !== undefined)) status.frozenChanged();
      }
    }
  }

  #works(): void {
    if (this.#state !== 'live') {
      this.#retry.cancel();
      this.status.live();
      this.#restartIdleTimer();
    }
    this.#retry.working();
  }

  #hangs(thread: CaptureThread, source: string): void {
    this.#hung.set(thread, source);
    void thread.exited.then(() => {
      this.#hung.delete(thread);
      this.#retry.release();
    });
  }

  #failed(error: FramehubError): void {
    this.#retry.failed(this.#setup.options.source, error);
    this.status.failed(error);
  }

  /** A promise that is not awaited: its rejection is a fault. */
  #leave(work: Promise<void>): void {
    work.catch((error: unknown) => this.#fault(error));
  }

  #fault(thrown: unknown): void {
    const failure = captureFailure(thrown);
    this.status.logFault(failure);
    try {
      if (this.#state !== 'live' && this.#state !== 'retrying' && this.#state !== 'starting') return;
      if (this.#thread && !this.#leaving) this.#thread.fail(failure.error);
      else this.#failed(failure.error);
      if (!this.#thread && !this.#retry.scheduled) this.#retry.schedule();
    } catch (next) {
      this.status.logFault(captureFailure(next));
    }
  }

  /** The camera is closed when nothing has needed it for its idle time, from now on. */
  #restartIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    const { idle = 'never' } = this.#setup.options;
    if (idle === 'never' || this.#consumer || this.#requests > 0) return;
    const close = (): void => this.contain(() => this.#state === 'live' && this.#leave(this.#rest('standby')));
    this.#idleTimer = setTimeout(close, idle * 1000);
  }
}
