import { EventEmitter, once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { FramehubError, type Logger } from '@framehub/frame';
import { Piscina } from 'piscina';
import type { EncodeAnswer, EncodeJob, WorkerSetup } from './messages.js';

const WORKER = new URL('./worker.js', import.meta.url).href;
const LAST_JOBS_MS = 1000;
const IDLE_MS = 10_000;
/** A worker's garbage is a few small objects a frame: V8's usual 48 MB of young space would only fill memory. */
const YOUNG_SPACE_MB = 2;
/** Looks in the time that a job may take: only such time counts in which this process ran. */
const LOOKS = 10;

/** A job on its way. */
export interface RunningJob {
  /** Rejects with `ENCODER_THREAD_DIED` when the thread dies; the next job gets a new one. */
  readonly answer: Promise<EncodeAnswer>;
  /** Resolves when no thread reads the job's bytes any more. Never rejects. */
  readonly ended: Promise<void>;
}

interface Job extends RunningJob {
  /** Ends its thread with it. */
  readonly signal: EventEmitter;
  looks: number;
  /** Answers in place of the thread, which takes too long. */
  giveUp(): void;
}

/**
 * The threads that encode. They come with work, and leave when there has been none for a while.
 *
 * A job that takes longer than it may is answered as the frame's fault. Scripts are ended with their thread; native code
 * cannot be, so its thread is left to itself, and another one takes its place meanwhile.
 */
export class EncodePool {
  /** Threads that there are at most: as many as encode, and as many that take too long. */
  readonly maxThreads: number;
  readonly #piscina: Piscina<EncodeJob, EncodeAnswer>;
  readonly #jobs = new Set<Job>();
  readonly #started = new WeakSet<Worker>();
  /** Tells when a thread has started, and when one has ended. */
  readonly #threads = new EventEmitter();
  readonly #native: boolean;
  readonly #logger: Logger;
  readonly #timeLimit: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeLimit milliseconds that one job may take */
  constructor(setup: WorkerSetup, threads: number, timeLimit: number, logger: Logger) {
    this.maxThreads = 2 * threads;
    this.#timeLimit = timeLimit;
    this.#logger = logger;
    this.#native = setup.codec.name === 'turbo';
    this.#piscina = new Piscina<EncodeJob, EncodeAnswer>({
      filename: WORKER,
      minThreads: 0,
      maxThreads: this.maxThreads,
      idleTimeout: IDLE_MS,
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
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#lost()));
  }

  run(job: EncodeJob): RunningJob {
    const signal = new EventEmitter();
    const result = this.#piscina.run(job, { signal });
    const running: Job = { ...withTimeLimit(result), signal, looks: 0 };
    this.#jobs.add(running);
    void running.ended.then(() => this.#jobs.delete(running));
    this.#timer ??= setInterval(() => this.#look(), this.#timeLimit / LOOKS).unref();
    return running;
  }

  /**
   * Ends all threads, once they have started and done the jobs they have, as it is neither the modules that a thread
   * loads nor an addon in it that bear being ended: they take the whole process with them, by SIGABRT (seen with Node 20,
   * 22 and 24 and koffi 3.3). Scripts do, and their jobs fail when they take longer than they may. Native jobs that have
   * taken too long already are not waited for; their threads end with them.
   *
   * @param patience milliseconds that scripts have for their last jobs
   */
  async close(patience = LAST_JOBS_MS): Promise<void> {
    const jobs = [...this.#jobs];
    const limit = new AbortController();
    const late = this.#native ? [] : [setTimeout(patience, undefined, { signal: limit.signal })];
    await Promise.race([Promise.allSettled(jobs.map(({ answer }) => answer)), ...late]);
    limit.abort();
    clearInterval(this.#timer);
    while (this.#piscina.threads.some((thread) => !this.#started.has(thread))) await once(this.#threads, 'change');
    const overdue = this.#native ? [...this.#jobs].map(({ ended }) => ended) : [];
    if (overdue.length === 0) await this.#piscina.destroy();
    else {
      for (const thread of this.#piscina.threads) thread.unref();
      void Promise.all(overdue).then(() => this.#piscina.destroy());
    }
  }

  #look(): void {
    if (this.#jobs.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    // A job may wait for a thread that is starting, which takes seconds on a small machine.
    if (this.#piscina.threads.some((thread) => !this.#started.has(thread))) return;
    for (const job of this.#jobs) {
      job.looks += 1;
      if (job.looks !== LOOKS + 1) continue;
      this.#logger.warn({}, `a frame took longer than ${this.#timeLimit / 1000} s to encode and is dropped`);
      job.giveUp();
      if (!this.#native) job.signal.emit('abort');
    }
  }

  /**
   * Piscina fails the job of a thread that dies, but keeps one that waits for a thread that dies while it starts. Such
   * jobs are called off: one that ran later would read a slot whose lease is long over.
   */
  #lost(): void {
    // With no thread left, whatever still waits has nobody to wait for.
    if (this.#piscina.threads.length === 0) for (const { signal } of this.#jobs) signal.emit('abort');
    this.#threads.emit('change');
  }
}

function withTimeLimit(result: Promise<EncodeAnswer>): RunningJob & Pick<Job, 'giveUp'> {
  let giveUp = (): void => {};
  const tooLate = new Promise<EncodeAnswer>((resolve) => {
    giveUp = () => resolve({ kind: 'bad-frame', fault: 'time-limit' });
  });
  const done = result.then(movedOn, (cause: unknown) => {
    throw new FramehubError('ENCODER_THREAD_DIED', 'an encoder thread died with a frame in hand', {}, { cause });
  });
  const ended = done.then(
    () => {},
    () => {},
  );
  return { answer: Promise.race([done, tooLate]), ended, giveUp };
}

/**
 * What Piscina leaves behind of a finished job, its result included, outlives V8's quick collections: megabytes of JPEG
 * until the next full one (measured at 720p30: 0.85 MB a second with pictures of 29 KB). Moved on to another buffer, which
 * takes 3 microseconds, the JPEG goes when its last viewer has it.
 */
function movedOn(answer: EncodeAnswer): EncodeAnswer {
  return answer.kind === 'encoded' ? structuredClone(answer, { transfer: [answer.jpeg.data.buffer] }) : answer;
}
