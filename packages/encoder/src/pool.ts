import { EventEmitter, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { FramehubError, type Logger, within } from '@framehub/frame';
import { Piscina } from 'piscina';
import type { EncodeJob, EncodeResult, WorkerSetup } from './messages.js';

const WORKER = new URL('./worker.js', import.meta.url).href;
const CLOSE_TIMEOUT_MS = 1000;
const IDLE_TIMEOUT_MS = 10_000;
/** A worker's garbage is a few small objects a frame: V8's usual 48 MB of young space would only fill memory. */
const YOUNG_SPACE_MB = 2;
/** Checks within a job's time limit. Counting checks leaves out the time in which this process was suspended. */
const CHECKS_PER_LIMIT = 10;

export interface EncodePoolOptions {
  readonly setup: WorkerSetup;
  /** Jobs at a time, those that exceed their time limit not counted. */
  readonly threads: number;
  /** Milliseconds that one job may take. */
  readonly timeLimit: number;
  readonly logger: Logger;
}

/** A job in the pool. */
export interface RunningJob {
  /** Rejects with `ENCODER_THREAD_DIED` if its thread dies; the next job gets a new thread. */
  readonly result: Promise<EncodeResult>;
  /** Resolves when no thread reads the job's bytes any more. Never rejects. */
  readonly ended: Promise<void>;
}

interface PoolJob extends RunningJob {
  /** Terminates its thread. */
  readonly signal: EventEmitter;
  checks: number;
  /** Gives the result in place of the thread, which takes too long. */
  giveUp(): void;
}

/**
 * The threads that encode. They start with the first jobs, and end after a while without any.
 *
 * A job that exceeds its time limit is rejected as the frame's fault. A thread that runs JavaScript is then terminated;
 * native code cannot be, so its thread runs on, and another takes its place meanwhile.
 */
export class EncodePool {
  /** Most threads: as many as encode, and as many that exceed their time limit. */
  readonly maxThreads: number;
  readonly #piscina: Piscina<EncodeJob, EncodeResult>;
  readonly #jobs = new Set<PoolJob>();
  readonly #started = new WeakSet<Worker>();
  /** Emits `change` when a thread has started or ended. */
  readonly #threads = new EventEmitter();
  readonly #isNative: boolean;
  readonly #logger: Logger;
  readonly #timeLimitMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ setup, threads, timeLimit, logger }: EncodePoolOptions) {
    this.maxThreads = 2 * threads;
    this.#timeLimitMs = timeLimit;
    this.#logger = logger;
    this.#isNative = setup.codec.name === 'turbo';
    this.#piscina = new Piscina<EncodeJob, EncodeResult>({
      filename: WORKER,
      minThreads: 0,
      maxThreads: this.maxThreads,
      idleTimeout: IDLE_TIMEOUT_MS,
      recordTiming: false,
      workerData: setup,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    });
    this.#piscina.on('error', (error) => logger.error({ reason: String(error) }, 'an encoder thread failed'));
    // Piscina emits it when a thread is ready for work.
    this.#piscina.on('workerCreate', ({ id }: { readonly id: number }) => {
      const thread = this.#piscina.threads.find(({ threadId }) => threadId === id);
      if (thread) this.#started.add(thread);
      this.#threads.emit('change');
    });
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#handleThreadEnd()));
  }

  /** Runs a job on a free thread, or a new one. Its bytes are borrowed until `ended` resolves. */
  run(job: EncodeJob): RunningJob {
    const signal = new EventEmitter();
    const running: PoolJob = { ...withTimeLimit(this.#piscina.run(job, { signal })), signal, checks: 0 };
    this.#jobs.add(running);
    void running.ended.then(() => this.#jobs.delete(running));
    this.#timer ??= setInterval(() => this.#checkTimeLimits(), this.#timeLimitMs / CHECKS_PER_LIMIT).unref();
    return running;
  }

  /**
   * Ends all threads, once they have started and done the jobs they have: terminating a thread while it loads modules or
   * runs native code aborts the whole process (SIGABRT, seen with Node 20, 22 and 24 and koffi 3.3). Threads that run
   * JavaScript can be terminated, and are after a timeout. Native jobs that have exceeded their time limit are not waited
   * for; their threads end with them.
   *
   * @param timeoutMs milliseconds that JavaScript has for its last jobs
   */
  async close(timeoutMs = CLOSE_TIMEOUT_MS): Promise<void> {
    const results = Promise.allSettled([...this.#jobs].map(({ result }) => result));
    await within(results, this.#isNative ? Number.POSITIVE_INFINITY : timeoutMs);
    clearInterval(this.#timer);
    while (this.#piscina.threads.some((thread) => !this.#started.has(thread))) await once(this.#threads, 'change');
    const overdue = this.#isNative ? [...this.#jobs].map(({ ended }) => ended) : [];
    if (overdue.length === 0) await this.#piscina.destroy();
    else {
      for (const thread of this.#piscina.threads) thread.unref();
      void Promise.all(overdue).then(() => this.#piscina.destroy());
    }
  }

  #checkTimeLimits(): void {
    if (this.#jobs.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    // A job may wait for a thread that is starting, which takes seconds on a small machine.
    if (this.#piscina.threads.some((thread) => !this.#started.has(thread))) return;
    for (const job of this.#jobs) {
      job.checks += 1;
      if (job.checks !== CHECKS_PER_LIMIT + 1) continue;
      this.#logger.warn({}, `a frame took longer than ${this.#timeLimitMs / 1000} s to encode and is dropped`);
      job.giveUp();
      if (!this.#isNative) job.signal.emit('abort');
    }
  }

  /**
   * Piscina fails the job of a thread that dies, but keeps a job that waits for a thread that dies while it starts. Such
   * jobs are aborted when no thread is left: run later, they would read a slot whose lease has been released.
   */
  #handleThreadEnd(): void {
    if (this.#piscina.threads.length === 0) for (const { signal } of this.#jobs) signal.emit('abort');
    this.#threads.emit('change');
  }
}

function withTimeLimit(running: Promise<EncodeResult>): RunningJob & Pick<PoolJob, 'giveUp'> {
  const done = running.then(moveJpeg, (cause: unknown) => {
    throw new FramehubError('ENCODER_THREAD_DIED', 'an encoder thread died while it encoded a frame', {}, { cause });
  });
  let giveUp = (): void => {};
  const result = new Promise<EncodeResult>((resolve, reject) => {
    giveUp = () => resolve({ kind: 'rejected', fault: 'time-limit' });
    done.then(resolve, reject);
  });
  const ended = done.then(
    () => {},
    () => {},
  );
  return { result, ended, giveUp };
}

/**
 * What Piscina keeps of a finished job, its result included, outlives V8's quick collections: megabytes of JPEG until
 * the next full one (measured at 720p30 with frames of 29 KB: 0.85 MB/s). Moved to another buffer, which takes 3
 * microseconds, the JPEG is freed when its last viewer has it.
 */
function moveJpeg(result: EncodeResult): EncodeResult {
  return result.kind === 'encoded' ? structuredClone(result, { transfer: [result.jpeg.data.buffer] }) : result;
}
