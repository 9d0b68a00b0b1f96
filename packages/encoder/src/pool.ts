import { FramehubError, type Logger } from '@framehub/frame';
import { Piscina } from 'piscina';
import type { EncodeAnswer, EncodeJob, WorkerSetup } from './messages.js';

const WORKER = new URL('./worker.js', import.meta.url).href;
const IDLE_MS = 10_000;
/** A worker's garbage is a few small objects a frame: V8's usual 48 MB of young space would only fill memory. */
const YOUNG_SPACE_MB = 2;

/** The threads that encode. They come with work, and leave when there has been none for a while. */
export class EncodePool {
  readonly #piscina: Piscina<EncodeJob, EncodeAnswer>;
  /** How to fail each job that has no answer yet. */
  readonly #open = new Set<(reason: Error) => void>();

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
    // Piscina fails the job of a thread that dies, but leaves one waiting that was meant for a thread that dies while
    // it starts. With no thread left nothing will answer.
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#failOrphans()));
  }

  /** Rejects with `ENCODER_THREAD_DIED` when the thread dies; the next job gets a new one. */
  run(job: EncodeJob): Promise<EncodeAnswer> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => {
        reject(new FramehubError('ENCODER_THREAD_DIED', 'an encoder thread died with a frame in hand', {}, { cause }));
      };
      this.#open.add(fail);
      this.#piscina
        .run(job)
        .then(resolve, fail)
        .finally(() => this.#open.delete(fail));
    });
  }

  /** Ends all threads; open jobs fail. */
  async close(): Promise<void> {
    await this.#piscina.destroy();
  }

  #failOrphans(): void {
    if (this.#piscina.threads.length > 0) return;
    for (const fail of this.#open) fail(new Error('no thread is left'));
    this.#open.clear();
  }
}
