import type { CameraControl, FramehubError, RawFrame } from '@framehub/frame';
import type { CameraLog } from './camera-log.js';
import { CaptureThread, type ThreadEvents } from './capture-thread.js';
import { HungThreads } from './hung-threads.js';
import { valuesOf } from './kept-controls.js';
import type { RawControlValues, Report } from './messages.js';
import { identityOf, type SourceOptions } from './options.js';
import { type Setup, threadData } from './setup.js';
import type { Vitals } from './vitals.js';

export type StartThread = (...args: ConstructorParameters<typeof CaptureThread>) => CaptureThread;

/** What becomes of a camera's threads. A thread that has been told to stop counts its frames, and says nothing more. */
export interface SlotEvents {
  frame(frame: RawFrame): void;
  /** Counted already. */
  report(report: Report): void;
  /** Another program has set these values. */
  controlsChanged(controls: readonly CameraControl[], changed: readonly string[], values: RawControlValues): void;
  /** The thread has failed. It still has to let go of the device. */
  failed(error: FramehubError): void;
  /** The picture has stopped changing, or moves again. */
  frozen(): void;
  /**
   * The thread is gone, and another may be started.
   * @param error undefined: it was told to stop
   * @param isHung it was given up, and what opens its device now hangs beside it
   */
  ended(error: FramehubError | undefined, isHung: boolean): void;
  /** A thread that was given up has come back. */
  back(): void;
  /** Something went wrong in the main thread with what the thread told. */
  fault(error: unknown): void;
}

/** The place for a camera's one thread: a device can be opened only when the last one has let go of it. */
export class ThreadSlot {
  readonly #vitals: Vitals;
  readonly #log: CameraLog;
  readonly #events: SlotEvents;
  readonly #startThread: StartThread;
  readonly #hung: HungThreads;
  #thread: CaptureThread | undefined;
  #leaving: 'failed' | 'told' | undefined;
  #firstSequence = 0;

  constructor(
    vitals: Vitals,
    log: CameraLog,
    events: SlotEvents,
    startThread: StartThread = (...args) => new CaptureThread(...args),
  ) {
    this.#vitals = vitals;
    this.#log = log;
    this.#events = events;
    this.#startThread = startThread;
    this.#hung = new HungThreads(() => events.back());
  }

  /** The thread, unless it is on its way out. */
  get thread(): CaptureThread | undefined {
    return this.#leaving ? undefined : this.#thread;
  }

  /** Whether there is none, not even one that is on its way out. */
  get empty(): boolean {
    return this.#thread === undefined;
  }

  /** The first number that the thread may give to a frame; without a thread none is taken yet. */
  get firstSequence(): number {
    return this.thread ? this.#firstSequence : Number.POSITIVE_INFINITY;
  }

  /** How many threads hang that were started with this source. */
  hung(source: SourceOptions): number {
    return this.#hung.count(identityOf(source));
  }

  /** @param firstSequence of its frames, above all that there were */
  start(setup: Setup, firstSequence: number): CaptureThread {
    this.#firstSequence = firstSequence;
    this.#vitals.begin();
    this.#thread = this.#startThread(threadData(setup, firstSequence), this.#eventsFor(setup));
    return this.#thread;
  }

  /** Resolves when the slot is empty, or was emptied and has its next thread. */
  async stop(): Promise<void> {
    if (this.#thread) this.#leaving = 'told';
    await this.#thread?.stop();
  }

  #eventsFor({ past, options: { source } }: Setup): ThreadEvents {
    const vitals = this.#vitals;
    return {
      opened: ({ label, fps, seen }) => {
        vitals.label = label;
        vitals.nominalFps = fps;
        past.seen = seen ?? past.seen;
      },
      missed: (seen) => {
        past.seen = seen;
      },
      frame: (frame) => {
        vitals.passed(frame.sequence);
        if (this.#leaving) return;
        vitals.lastFrameAt = frame.capturedAt;
        this.#events.frame(frame);
      },
      lapped: () => vitals.dropped.add('overrun'),
      report: (report) => {
        const wasFrozen = vitals.frozenSince !== undefined;
        vitals.count(report);
        if (this.#leaving) return;
        this.#events.report(report);
        const isFrozen = vitals.frozenSince !== undefined;
        if (isFrozen === wasFrozen) return;
        this.#log.frozen(isFrozen);
        this.#events.frozen();
      },
      originals: (values) => {
        past.originals = values;
      },
      controlsChanged: (controls, changed) => {
        if (!this.#leaving) this.#events.controlsChanged(controls, changed, valuesOf(controls, changed));
      },
      log: (level, message) => this.#log.says(level, message),
      fault: (error) => this.#events.fault(error),
      failed: (error) => {
        // A camera that was unplugged forgets its values, and another may come in its place.
        if (error.code === 'CAPTURE_DEVICE_GONE') past.originals = {};
        if (this.#leaving) return;
        this.#leaving = 'failed';
        vitals.rest();
        this.#events.failed(error);
      },
      ended: (error) => {
        const wasTold = this.#leaving === 'told';
        const hung = this.#thread?.givenUp ? this.#thread : undefined;
        if (hung) this.#hung.add(identityOf(source), hung.exited);
        this.#thread = undefined;
        this.#leaving = undefined;
        vitals.rest();
        this.#events.ended(wasTold ? undefined : error, hung !== undefined);
      },
    };
  }
}
