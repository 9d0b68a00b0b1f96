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

/** The threads that encode. They come with work, and leave when there has been none for a while. */
export class EncodePool {
  readonly #piscina: Piscina<EncodeJob, EncodeAnswer>;
  /**
   * Piscina fails the job of a thread that dies, but keeps one that waits for a thread that dies while it starts. Such
   * jobs are called off by this: one that ran later would read a slot whose lease is long over.
   */
  readonly #orphans = new EventEmitter().setMaxListeners(0);
  readonly #open = new Set<Promise<EncodeAnswer>>();
  readonly #started = new WeakSet<Worker>();
  /** Told when a thread has started, and when one has ended. */
  readonly #threads = new EventEmitter();
  readonly #native: boolean;

  constructor(setup: WorkerSetup, threads: number, logger: Logger) {
    this.#piscina = new Piscina<EncodeJob, EncodeAnswer>({
      filename: WORKER,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      recordTiming: false,
      workerData: setup,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    });
    this.#piscina.on('error', (error) => logger.error({ reason: String(error) }, 'an encoder thread failed'));
    this.#native = setup.codec.name === 'turbo';
    // Piscina tells of a thread when it is ready for work.
    this.#piscina.on('workerCreate', ({ id }: { readonly id: number }) => {
      const thread = this.#piscina.threads.find(({ threadId }) => threadId === id);
      if (thread) this.#started.add(thread);
      this.#threads.emit('change');
    });
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#lost()));
  }

  /** Rejects with `ENCODER_THREAD_DIED` when the thread dies; the next job gets a new one. */
  async run(job: EncodeJob): Promise<EncodeAnswer> {
    const answer = this.#piscina.run(job, { signal: this.#orphans });
    this.#open.add(answer);
    try {
      return movedOn(await answer);
    } catch (cause) {
      throw new FramehubError('ENCODER_THREAD_DIED', 'an encoder thread died with a frame in hand', {}, { cause });
    } finally {
      this.#open.delete(answer);
    }
  }

  /**
   * Ends all threads, once they have started and done the jobs they have, as it is neither the modules that a thread
   * loads nor an addon in it that bear being ended: they take the whole process with them, by SIGABRT (seen with Node 20,
   * 22 and 24 and koffi 3.3). Scripts do, and their jobs fail when they take longer than they may.
   *
   * @param patience milliseconds that scripts have for their last jobs
   */
  async close(patience = LAST_JOBS_MS): Promise<void> {
    const limit = new AbortController();
    const late = this.#native ? [] : [setTimeout(patience, undefined, { signal: limit.signal })];
    await Promise.race([Promise.allSettled(this.#open), ...late]);
    limit.abort();
    while (this.#piscina.threads.some((thread) => !this.#started.has(thread))) await once(this.#threads, 'change');
    await this.#piscina.destroy();
  }

  #lost(): void {
    // With no thread left, whatever still waits has nobody to wait for.
    if (this.#piscina.threads.length === 0) this.#orphans.emit('abort');
    this.#threads.emit('change');
  }
}

/**
 * What Piscina leaves behind of a finished job, its result included, outlives V8's quick collections: megabytes of JPEG
 * until the next full one (measured at 720p30: 0.85 MB a second with pictures of 29 KB). Moved on to another buffer, which
 * takes 3 microseconds, the JPEG goes when its last viewer has it.
 */
function movedOn(answer: EncodeAnswer): EncodeAnswer {
  return answer.kind === 'encoded' ? structuredClone(answer, { transfer: [answer.jpeg.data.buffer] }) : answer;
}
