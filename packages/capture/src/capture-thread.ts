import { Worker } from 'node:worker_threads';
import { FramehubError, type RawFrame, RingReader, recordOf } from '@framehub/frame';
import {
  type Command,
  Doorbell,
  type ReplyTo,
  type Request,
  type ThreadData,
  type ThreadMessage,
  type ThreadReport,
} from './messages.js';
import { TickTimeout } from './tick-timeout.js';

/** For restoring controls, closing the source and exiting. Shorter than the 2 s that closing a camera may take. */
const EXIT_TIMEOUT_MS = 1500;
/** A control can block a UVC driver, and the thread with it, for 5 s. A thread that is silent for longer hangs. */
const SILENCE_TIMEOUT_MS = 15_000;

/** Frames are not on the heap. V8's usual young space would fill up with old messages (measured: 4 MiB less). */
const YOUNG_SPACE_MB = 2;

/** What happens to a thread: the one interface on the way of frames and events from source to camera. */
export interface ThreadEvents {
  frame(frame: RawFrame): void;
  /** A frame was overwritten before the main thread read its reference. */
  overrun(): void;
  report(report: ThreadReport): void;
  /** No more frames will come; the thread is about to exit. */
  failed(error: FramehubError): void;
  /** Handling one of the thread's messages has thrown, here on the main thread. */
  fault(error: unknown): void;
  /**
   * The thread has exited and closed its device, or it was abandoned. The last event.
   * @param error as passed to `failed`
   */
  ended(error: FramehubError | undefined): void;
}

export interface ThreadTimeouts {
  /** @default 1500 */
  readonly exitMs?: number;
  /** @default 15000 */
  readonly silenceMs?: number;
}

const THREAD_FILE = new URL('./thread/main.js', import.meta.url);

/** A request that the thread has not answered yet. */
interface Pending {
  resolve(value: never): void;
  reject(error: FramehubError): void;
}

/** One thread with one source in it, from start to end, as the main thread sees it. */
export class CaptureThread {
  /** Resolves when the thread has exited; an abandoned one exits when its driver returns. */
  readonly exited: Promise<void>;
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  readonly #exitMs: number;
  readonly #silenceMs: number;
  readonly #pending = new Map<number, Pending>();
  readonly #doorbell = new Doorbell();
  readonly #hasDevice: boolean;
  readonly #silence: TickTimeout;
  #reader: RingReader | undefined;
  #error: FramehubError | undefined;
  #ended = false;
  #abandoned = false;
  #stopping = false;
  #demand = 0;
  #demands = 0;
  #requests = 0;

  /** @param file the thread's program; tests have others */
  constructor(
    data: Omit<ThreadData, 'doorbell'>,
    events: ThreadEvents,
    { exitMs = EXIT_TIMEOUT_MS, silenceMs = SILENCE_TIMEOUT_MS }: ThreadTimeouts = {},
    file: URL = THREAD_FILE,
  ) {
    this.#events = events;
    this.#hasDevice = data.camera.source.type === 'v4l2';
    this.#exitMs = exitMs;
    this.#silenceMs = silenceMs;
    const workerData: ThreadData = { ...data, doorbell: this.#doorbell.buffer };
    this.#worker = new Worker(file, {
      workerData,
      name: `capture ${data.camera.name}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    });
    this.#silence = new TickTimeout(silenceMs, () => this.#contain(() => this.#hang()));
    this.#worker.on('message', (message: ThreadMessage) => this.#contain(() => this.#receive(message)));
    this.#worker.on('error', (error) => this.#contain(() => this.#die(`died: ${recordOf(error).message}`)));
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#contain(() => {
          if (!this.#stopping) this.#die(`exited with code ${code}`);
          this.#end();
        });
        resolve();
      });
    });
  }

  /** An exception in a listener or timer is a failure of this camera, and not of the process. */
  #contain(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#events.fault(error);
    }
  }

  /** Whether it hangs and was abandoned. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  demand(wanted: boolean): void {
    this.#demand = wanted ? ++this.#demands : 0;
    this.#post({ type: 'demand', demand: this.#demand });
  }

  /** @throws the thread's refusal, or the error that ended it */
  request<R extends Request>(request: R): Promise<ReplyTo<R>> {
    return new Promise<ReplyTo<R>>((resolve, reject) => {
      const id = ++this.#requests;
      this.#pending.set(id, { resolve, reject });
      this.#post({ ...request, id });
    });
  }

  /** Resolves when the thread has exited or was abandoned: a thread inside a blocked driver cannot be ended. */
  async stop(): Promise<void> {
    if (!this.#stopping) this.#post({ type: 'stop' });
    await this.#waitForExit();
  }

  /** Ends it as one that has failed. */
  fail(error: FramehubError): void {
    if (!this.#stopping) this.#post({ type: 'stop' });
    this.#fail(error);
    void this.#waitForExit();
  }

  async #waitForExit(): Promise<void> {
    this.#stopping = true;
    this.#silence.cancel();
    const hasExited = await new Promise<boolean>((resolve) => {
      const timeout = new TickTimeout(this.#exitMs, () => resolve(false));
      void this.exited.then(() => {
        timeout.cancel();
        resolve(true);
      });
    });
    if (!hasExited) this.#abandon();
  }

  /** Terminated, it would keep its device open for as long as this process lives: no other thread can close it. */
  #abandon(): void {
    this.#abandoned = true;
    this.#post({ type: 'stop' });
    if (!this.#hasDevice) void this.#worker.terminate();
    this.#worker.unref();
    this.#end();
  }

  #hang(): void {
    const message = `the camera's thread gave no sign of life for ${this.#silenceMs / 1000} s: the camera driver is probably blocked`;
    this.#fail(new FramehubError('CAPTURE_THREAD_HUNG', message));
    this.#abandon();
  }

  #die(how: string): void {
    this.#fail(new FramehubError('CAPTURE_THREAD_DIED', `the camera's thread ${how}; another one is started`));
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
    const error = this.#error ?? new FramehubError('CAPTURE_CLOSED', 'the camera was closed before it answered');
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#events.ended(this.#error);
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
        else this.#events.overrun();
        return;
      }
      case 'ring':
        this.#reader = new RingReader(message.buffer, message.format);
        return;
      case 'reply':
        this.#answered(message.id)?.resolve(message.controls as never);
        return;
      case 'still':
        this.#answered(message.id)?.resolve(message.still as never);
        return;
      case 'refusal':
        this.#answered(message.id)?.reject(FramehubError.from(message.error));
        return;
      case 'failed':
        this.#fail(FramehubError.from(message.error));
        void this.#waitForExit();
        return;
      case 'report':
        if (!this.#stopping) this.#silence.refresh();
        this.#events.report(message);
        return;
      default:
        this.#events.report(message);
    }
  }

  #answered(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}
