import type { CameraControl, CameraState, FramehubError, Logger, RawFrame } from '@framehub/frame';
import { CameraLog } from './camera-log.js';
import { captureFailure } from './capture-error.js';
import type { CaptureThread } from './capture-thread.js';
import { Condition } from './condition.js';
import { hangs } from './hung-threads.js';
import type { Report } from './messages.js';
import { Needs } from './needs.js';
import { labelOf } from './options.js';
import { refusalOf } from './refusal.js';
import { Retry, type RetryParts } from './retry.js';
import type { Setup } from './setup.js';
import { type SlotEvents, type StartThread, ThreadSlot } from './thread-slot.js';
import { Vitals } from './vitals.js';

/** Sequences left free before each retry, for the cards that are shown meanwhile, one a second. */
const CARDS_PER_TRY = 1000;
/** Failures that are not made clearer by a thread that hangs. */
const SAYS_ENOUGH = new Set<string | undefined>(['CAPTURE_THREAD_HUNG', 'CAPTURE_DEVICE_GONE']);
/** Threads that may hang when a camera is tried again: there are twice as many if the try hangs, too, and never more. */
const HUNG_BEFORE_TRY = 1;

/** What the supervisor may be given by tests. */
export interface SupervisorParts extends RetryParts {
  readonly startThread?: StartThread;
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
  readonly #condition: Condition;
  readonly #slot: ThreadSlot;
  readonly #retry: Retry;
  readonly #needs: Needs;
  readonly #log: CameraLog;
  #setup: Setup;

  constructor(setup: Setup, logger: Logger, events: SupervisorEvents, parts: SupervisorParts = {}) {
    const { name, source } = setup.options;
    this.#setup = setup;
    this.vitals = new Vitals(labelOf(source));
    const log = new CameraLog(name, logger);
    this.#condition = new Condition(this.vitals, log, () => events.state());
    const slotEvents: SlotEvents = {
      frame: (frame) => events.frame(frame),
      report: (report) => this.#reported(report),
      frozen: () => events.frozen(),
      controlsChanged: (controls, changed, values) => {
        this.adopt({ ...this.#setup, kept: this.#setup.kept.with(values) });
        events.controlsChanged(controls, changed);
      },
      failed: (error) => this.#failed(error),
      ended: (error, isHung) => this.#ended(error, isHung),
      back: () => this.#retry.release(),
      fault: (error) => this.#fault(error),
    };
    this.#log = log;
    this.#slot = new ThreadSlot(this.vitals, log, slotEvents, parts.startThread);
    this.#retry = new Retry(() => this.contain(() => this.#tryAgain()), parts);
    this.#needs = new Needs(
      () => this.#setup.options.idle,
      () => this.contain(() => this.state === 'live' && this.#leave(this.#rest('standby'))),
    );
  }

  /** Runs what a timer or listener of the camera does: a fault in it is a failure of the camera, and not of the process. */
  contain(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fault(error);
    }
  }

  get state(): CameraState {
    return this.#condition.state;
  }

  get setup(): Setup {
    return this.#setup;
  }

  /** Whether it has pictures, or is on the way to them. */
  get running(): boolean {
    return this.state === 'live' || this.state === 'retrying' || (this.state === 'starting' && !this.#slot.empty);
  }

  /** Starts the source unless it runs, waits for its next try, is switched off or closed. */
  wake(): void {
    if (this.state === 'standby' || (this.state === 'starting' && this.#slot.empty)) this.#begin('starting');
  }

  demand(wanted: boolean): void {
    this.#needs.viewers = wanted;
    this.#slot.thread?.demand(wanted);
    if (wanted) this.wake();
  }

  /** Puts a question to the thread, which is woken for it, and kept awake until it has answered. */
  ask<T>(question: (thread: CaptureThread) => Promise<T>): Promise<T> {
    return this.#needs.during(async () => {
      this.wake();
      // One that is on its way out answers no more. After one that failed comes the next when it is due.
      while (this.state !== 'retrying' && !this.#slot.thread && !this.#slot.empty) await this.#slot.stop();
      if (!this.#slot.thread) throw refusalOf(this.#setup.options.name, this.vitals);
      return question(this.#slot.thread);
    });
  }

  /** Takes another setup, for the threads from now on. */
  adopt(setup: Setup): void {
    this.#setup = setup;
    this.#needs.count();
  }

  /**
   * Begins anew with the setup, unless it is asleep, off or closed.
   * @param state `retrying` for another try of what has failed
   */
  restart(state: 'starting' | 'retrying'): void {
    this.vitals.renamed(labelOf(this.#setup.options.source));
    if (this.running) this.#begin(state);
  }

  /** Closes the source and keeps it closed, until it is switched on again. */
  async switchOff(): Promise<void> {
    if (this.state !== 'closed') await this.#rest('off');
  }

  switchOn(): void {
    if (this.state === 'off') this.#begin('starting');
  }

  async close(): Promise<void> {
    await this.#rest('closed');
  }

  /** A number for a card, above those of all pictures before it and below those of all after it. */
  takeSequence(): number {
    const sequence = Math.min(this.vitals.nextSequence, this.#slot.firstSequence - 1);
    this.vitals.passed(sequence);
    return sequence;
  }

  /** With a new thread, as soon as the last one has gone. */
  #begin(state: 'starting' | 'retrying'): void {
    this.#retry.cancel();
    this.#condition.enter(state);
    if (this.#slot.empty) this.contain(() => this.#start());
    else this.#leave(this.#slot.stop());
  }

  /** Goes to a state in which no thread runs. */
  async #rest(state: 'standby' | 'off' | 'closed'): Promise<void> {
    this.#retry.cancel();
    this.#needs.stop();
    this.#condition.rest(state);
    await this.#slot.stop();
  }

  /** @param hung so many threads with the same source may hang meanwhile */
  #start(hung = 0): void {
    if (this.#slot.hung(this.#setup.options.source) > hung) {
      this.#hold();
      return;
    }
    const room = this.state === 'retrying' ? CARDS_PER_TRY : 0;
    const thread = this.#slot.start(this.#setup, this.vitals.nextSequence + room);
    if (this.#needs.viewers) thread.demand(true);
  }

  #tryAgain(): void {
    this.#start(HUNG_BEFORE_TRY);
    if (!this.#slot.empty) this.vitals.restarts += 1;
  }

  /** The next thread would hang beside the last one: it is tried when that is back, or when a device appears. */
  #hold(): void {
    const { source } = this.#setup.options;
    if (SAYS_ENOUGH.has(this.vitals.error?.code)) this.#condition.enter('retrying');
    else this.#failed(hangs());
    if (this.state === 'retrying') this.#retry.hold(source);
  }

  #reported({ captured }: Report): void {
    if (captured === 0) return;
    if (this.state !== 'live') this.#live();
    this.#retry.works();
  }

  #live(): void {
    this.#retry.cancel();
    this.#condition.live();
    this.#needs.count();
  }

  #failed(error: FramehubError): void {
    this.#retry.failed(this.#setup.options.source, error);
    this.#condition.failed(error);
  }

  /** A promise that nobody waits for: its rejection is a fault. */
  #leave(work: Promise<void>): void {
    work.catch((error: unknown) => this.#fault(error));
  }

  #fault(thrown: unknown): void {
    const failure = captureFailure(thrown);
    this.#log.fault(failure);
    try {
      if (this.state !== 'live' && this.state !== 'retrying' && this.state !== 'starting') return;
      if (this.#slot.thread) this.#slot.thread.fail(failure.error);
      else this.#failed(failure.error);
      if (this.#slot.empty && !this.#retry.scheduled) this.#retry.ready();
    } catch (next) {
      this.#log.fault(captureFailure(next));
    }
  }

  #ended(error: FramehubError | undefined, isHung: boolean): void {
    if (error && isHung) this.#hold();
    else if (error) this.#retry.ready();
    // Stopped for another setup, or wanted again while it was going to sleep.
    else if (this.state === 'starting' || this.state === 'retrying') this.#start();
  }
}
