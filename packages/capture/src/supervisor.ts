import { type CameraControl, type CameraState, FramehubError, type Logger, type RawFrame } from '@framehub/frame';
import { CameraLog } from './camera-log.js';
import type { CaptureThread } from './capture-thread.js';
import type { Report } from './messages.js';
import { Needs } from './needs.js';
import { labelOf } from './options.js';
import { Retry, type RetryParts } from './retry.js';
import type { Setup } from './setup.js';
import { type SlotEvents, type StartThread, ThreadSlot } from './thread-slot.js';
import { Vitals } from './vitals.js';

/** Frames for this long, and the next failure is a new one: its first retry comes soon. */
const STEADY_MS = 10_000;
/** Sequences left free before each retry, for the cards that are shown meanwhile, one a second. */
const CARDS_PER_TRY = 1000;

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
  readonly #events: SupervisorEvents;
  readonly #log: CameraLog;
  readonly #slot: ThreadSlot;
  readonly #retry: Retry;
  readonly #needs: Needs;
  #setup: Setup;
  #liveSince = 0;
  #frozen = false;

  constructor(setup: Setup, logger: Logger, events: SupervisorEvents, parts: SupervisorParts = {}) {
    const { name, source } = setup.options;
    this.#setup = setup;
    this.#events = events;
    this.vitals = new Vitals(labelOf(source));
    this.#log = new CameraLog(name, logger);
    const slotEvents: SlotEvents = {
      frame: (frame) => events.frame(frame),
      report: (report) => this.#reported(report),
      controlsChanged: (controls, changed, values) => {
        this.adopt({ ...this.#setup, kept: this.#setup.kept.with(values) });
        events.controlsChanged(controls, changed);
      },
      failed: (error) => this.#failed(error),
      ended: (error) => this.#ended(error),
    };
    this.#slot = new ThreadSlot(this.vitals, this.#log, slotEvents, parts.startThread);
    this.#retry = new Retry(() => this.#tryAgain(), parts);
    this.#needs = new Needs(
      () => this.#setup.options.idle,
      () => this.state === 'live' && void this.#rest('asleep'),
    );
  }

  get state(): CameraState {
    return this.vitals.state;
  }

  get setup(): Setup {
    return this.#setup;
  }

  /** Whether it has pictures, or is on the way to them. */
  get running(): boolean {
    return this.state === 'live' || this.state === 'waiting' || (this.state === 'starting' && !this.#slot.empty);
  }

  /** Starts the source unless it runs, waits for its next try, is switched off or closed. */
  wake(): void {
    if (this.state === 'asleep' || (this.state === 'starting' && this.#slot.empty)) this.#begin('starting');
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
      while (this.state !== 'waiting' && !this.#slot.thread && !this.#slot.empty) await this.#slot.stop();
      if (!this.#slot.thread) throw this.refusal();
      return question(this.#slot.thread);
    });
  }

  /** Why nothing can be asked of it: what keeps it from opening, or that it is off or closed. */
  refusal(): FramehubError {
    const { error, state } = this.vitals;
    const { name } = this.#setup.options;
    if (error) return FramehubError.from(error);
    if (state === 'off') return new FramehubError('CAPTURE_OFF', `camera ${name} is switched off: switch it on first`);
    return new FramehubError('CAPTURE_CLOSED', `camera ${name} is closed`);
  }

  /** Takes another setup, for the threads from now on. */
  adopt(setup: Setup): void {
    this.#setup = setup;
    this.#needs.count();
  }

  /**
   * Begins anew with the setup, unless it is asleep, off or closed.
   * @param state `waiting` for another try of what has failed
   */
  restart(state: 'starting' | 'waiting'): void {
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
  #begin(state: 'starting' | 'waiting'): void {
    this.#retry.cancel();
    this.#setState(state);
    if (this.#slot.empty) this.#start();
    else void this.#slot.stop();
  }

  /** Goes to a state in which no thread runs. */
  async #rest(state: 'asleep' | 'off' | 'closed'): Promise<void> {
    this.#retry.cancel();
    this.#needs.stop();
    this.vitals.error = undefined;
    this.#setState(state);
    await this.#slot.stop();
  }

  #start(): void {
    const room = this.state === 'waiting' ? CARDS_PER_TRY : 0;
    const thread = this.#slot.start(this.#setup, this.vitals.nextSequence + room);
    if (this.#needs.viewers) thread.demand(true);
  }

  #tryAgain(): void {
    this.vitals.restarts += 1;
    this.#start();
  }

  #reported({ captured, frozenSince }: Report): void {
    if (captured === 0) return;
    if (this.state !== 'live') this.#live();
    else if (performance.now() - this.#liveSince > STEADY_MS) this.#retry.forget();
    const isFrozen = frozenSince !== undefined;
    if (isFrozen === this.#frozen) return;
    this.#frozen = isFrozen;
    this.#log.frozen(isFrozen);
    this.#events.frozen();
  }

  #live(): void {
    this.#liveSince = performance.now();
    this.vitals.error = undefined;
    this.#retry.cancel();
    this.#log.live(this.vitals);
    this.#setState('live');
    this.#needs.count();
  }

  #failed(error: FramehubError): void {
    const { vitals } = this;
    const isNews = vitals.error?.code !== error.code;
    vitals.error = error.toJSON();
    vitals.failures.add(error.code);
    if (isNews) this.#log.failed(error);
    this.#retry.failed(this.#setup.options.source, error);
    this.#setState('waiting', isNews);
  }

  #ended(error: FramehubError | undefined): void {
    this.#frozen = false;
    if (error) this.#retry.ready();
    // Stopped for another setup, or wanted again while it was going to sleep.
    else if (this.state === 'starting' || this.state === 'waiting') this.#start();
  }

  #setState(state: CameraState, isNews = false): void {
    if (this.state === state && !isNews) return;
    this.vitals.enter(state);
    this.#events.state();
  }
}
