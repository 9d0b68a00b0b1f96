import { Worker } from 'node:worker_threads';
import {
  type CameraControl,
  type ControlValues,
  FramehubError,
  type RawFrame,
  RingReader,
  recordOf,
  type StillSize,
} from '@framehub/frame';
import { Doorbell } from './doorbell.js';
import type {
  Command,
  Opened,
  RawControlValues,
  Report,
  SeenDevice,
  Still,
  ThreadData,
  ThreadMessage,
} from './messages.js';
import { Questions } from './questions.js';
import { TickTimeout } from './tick-timeout.js';

/** Milliseconds that a thread has to put controls back, close its source and exit. Short of the 2 s that closing may take. */
const EXIT_LIMIT_MS = 1500;
/** A control can hold a UVC driver up for 5 s, and a thread with it. Silent for longer, it hangs. */
const SILENCE_LIMIT_MS = 15_000;

/** Frames are not on the heap; V8's usual young space would fill up with messages long gone (measured: 4 MiB less). */
const YOUNG_SPACE_MB = 2;

/** What a thread tells its owner. After `ended` nothing more is told. */
export interface ThreadEvents {
  opened(opened: Opened): void;
  /** The camera that it was is not there. */
  missed(seen: SeenDevice): void;
  frame(frame: RawFrame): void;
  /** A frame that was overwritten before anybody looked. */
  lapped(): void;
  report(report: Report): void;
  originals(values: RawControlValues): void;
  /** Another program has changed values of these names. */
  controlsChanged(controls: readonly CameraControl[], changed: readonly string[]): void;
  log(level: 'info' | 'warn' | 'error', message: string): void;
  /** There will be no more frames; the thread is on its way out. */
  failed(error: FramehubError): void;
  /** Something went wrong here, in the main thread, with what the thread told. */
  fault(error: unknown): void;
  /** The thread is gone, and has let go of the device; or it was given up. @param error as told by `failed` */
  ended(error: FramehubError | undefined): void;
}

export interface ThreadLimits {
  /** @default 1500 */
  readonly exitMs?: number;
  /** @default 15000 */
  readonly silenceMs?: number;
}

const THREAD_FILE = new URL('./thread/main.js', import.meta.url);

/** One thread with one source in it, from start to end, seen from the main thread. */
export class CaptureThread {
  /** Resolves when the thread is gone; of one that was given up, when its driver has let it come back. */
  readonly exited: Promise<void>;
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  readonly #limits: Required<ThreadLimits>;
  readonly #questions = new Questions();
  readonly #doorbell = new Doorbell();
  readonly #hasDevice: boolean;
  readonly #silence: TickTimeout;
  #reader: RingReader | undefined;
  #error: FramehubError | undefined;
  #ended = false;
  #givenUp = false;
  #stopping = false;
  #demand = 0;
  #demands = 0;

  /** @param file the thread's program; tests have others */
  constructor(
    data: Omit<ThreadData, 'doorbell'>,
    events: ThreadEvents,
    limits: ThreadLimits = {},
    file: URL = THREAD_FILE,
  ) {
    this.#events = events;
    this.#hasDevice = data.camera.source.type === 'v4l2';
    this.#limits = { exitMs: limits.exitMs ?? EXIT_LIMIT_MS, silenceMs: limits.silenceMs ?? SILENCE_LIMIT_MS };
    const workerData: ThreadData = { ...data, doorbell: this.#doorbell.buffer };
    this.#worker = new Worker(file, {
      workerData,
      name: `capture ${data.camera.name}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    });
    this.#silence = new TickTimeout(this.#limits.silenceMs, () => this.#contain(() => this.#hung()));
    this.#worker.on('message', (message: ThreadMessage) => this.#contain(() => this.#receive(message)));
    this.#worker.on('error', (error) => this.#contain(() => this.#died(`died: ${recordOf(error).message}`)));
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#contain(() => {
          if (!this.#stopping) this.#died(`ended by itself with code ${code}`);
          this.#end();
        });
        resolve();
      });
    });
  }

  /** What goes wrong in a listener or timer is a failure of this camera, and not of the process. */
  #contain(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#events.fault(error);
    }
  }

  /** Whether it hangs, and was left to itself. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  demand(wanted: boolean): void {
    this.#demand = wanted ? ++this.#demands : 0;
    this.#post({ type: 'demand', demand: this.#demand });
  }

  controls(): Promise<readonly CameraControl[]> {
    return this.#questions.ask((id) => this.#post({ type: 'controls', id }));
  }

  setControls(values: ControlValues): Promise<readonly CameraControl[]> {
    return this.#questions.ask((id) => this.#post({ type: 'set-controls', id, values }));
  }

  replaceControls(values: ControlValues): Promise<readonly CameraControl[]> {
    return this.#questions.ask((id) => this.#post({ type: 'replace-controls', id, values }));
  }

  /** Undefined: the next frame of the stream is as good. */
  still(size: StillSize): Promise<Still | undefined> {
    return this.#questions.ask((id) => this.#post({ type: 'still', id, size }));
  }

  /** Resolves when the thread is gone, or has been given up: a thread inside a hanging driver cannot be ended. */
  async stop(): Promise<void> {
    if (!this.#stopping) this.#post({ type: 'stop' });
    await this.#awaitExit();
  }

  /** Ends it as one that has failed. */
  fail(error: FramehubError): void {
    if (!this.#stopping) this.#post({ type: 'stop' });
    this.#fail(error);
    void this.#awaitExit();
  }

  async #awaitExit(): Promise<void> {
    this.#stopping = true;
    this.#silence.cancel();
    let timeout: TickTimeout | undefined;
    const limit = new Promise<'late'>((resolve) => {
      timeout = new TickTimeout(this.#limits.exitMs, () => resolve('late'));
    });
    const outcome = await Promise.race([this.exited, limit]);
    timeout?.cancel();
    if (outcome === 'late') this.#abandon();
  }

  /** Ended by force it would keep its device open for as long as this process lives: nobody else can close it. */
  #abandon(): void {
    this.#givenUp = true;
    this.#post({ type: 'stop' });
    if (!this.#hasDevice) void this.#worker.terminate();
    this.#worker.unref();
    this.#end();
  }

  #hung(): void {
    const seconds = this.#limits.silenceMs / 1000;
    const message = `the camera's thread gave no sign of life for ${seconds} s: it hangs, most likely in the driver`;
    this.#fail(new FramehubError('CAPTURE_THREAD_HUNG', message));
    this.#abandon();
  }

  #died(how: string): void {
    this.#fail(new FramehubError('CAPTURE_THREAD_DIED', `the camera's thread ${how}; it is replaced`));
  }

  #fail(error: FramehubError): void {
    if (this.#error || this.#ended) return;
    this.#error = error;
    this.#events.failed(error);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#silence.cancel();
    const error = this.#error;
    this.#questions.refuseAll(error ?? new FramehubError('CAPTURE_CLOSED', 'the camera was closed before it answered'));
    this.#events.ended(error);
  }

  #post(command: Command): void {
    this.#worker.postMessage(command);
    this.#doorbell.ring();
  }

  #receive(message: ThreadMessage): void {
    if (this.#ended) return;
    switch (message.type) {
      case 'frame': {
        if (message.demand !== this.#demand) return;
        const frame = this.#reader?.frame(message);
        if (frame) this.#events.frame(frame);
        else this.#events.lapped();
        return;
      }
      case 'report':
        if (!this.#stopping) this.#silence.refresh();
        this.#events.report(message);
        return;
      case 'ring':
        this.#reader = new RingReader(message.buffer, message.format);
        return;
      case 'opened':
        this.#events.opened(message);
        return;
      case 'missed':
        this.#events.missed(message.seen);
        return;
      case 'reply':
        this.#questions.answer(message.id, message.controls);
        return;
      case 'still':
        this.#questions.answer(message.id, message.still);
        return;
      case 'refusal':
        this.#questions.refuse(message.id, FramehubError.from(message.error));
        return;
      case 'controls-changed':
        this.#events.controlsChanged(message.controls, message.changed);
        return;
      case 'originals':
        this.#events.originals(message.values);
        return;
      case 'log':
        this.#events.log(message.level, message.message);
        return;
      case 'failed':
        this.#fail(FramehubError.from(message.error));
        void this.#awaitExit();
    }
  }
}
