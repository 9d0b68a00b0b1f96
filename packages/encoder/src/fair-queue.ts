import type { ConcurrencyLimit } from './concurrency-limit.js';

/** Something that has a job to run now and then: a rendition of a source. */
export interface QueueMember {
  /** Whose frames its jobs encode. Members of the same source share that source's turns. */
  readonly source: object;
  /** Whether its next job needs so much memory that only one such job may run at a time. */
  readonly isLarge: boolean;
  /** Starts a job, or returns undefined if there is nothing left to do. */
  startJob(): QueuedJob | undefined;
}

/** A job that runs. Neither promise ever rejects. */
export interface QueuedJob {
  /** Resolves to a function that uses the result. It is called after the next job was started, so that no thread waits for it. */
  readonly result: Promise<() => void>;
  /** Resolves when the thread is done with the frame: later than `result` if the job exceeds its time limit. */
  readonly ended: Promise<void>;
}

/** Milliseconds that a job may take without others noticing that they wait for it. */
const SLOW_JOB_MS = 100;
/** Milliseconds that jobs of other sources may keep a source waiting before the limit is raised for it. */
const HELD_UP_MS = 1000;
/** Milliseconds after its last request during which a source counts as active. */
const ACTIVE_MS = 1000;

interface RunningJob {
  readonly source: object;
  readonly since: number;
  readonly isLarge: boolean;
}

interface SourceState {
  /** Time of its last request. */
  requestedAt: number;
  /** When its last job ended, and how long that took. */
  endedAt: number;
  lastJobMs: number;
  /** Its jobs that have exceeded their time limit and still run. */
  overdue: number;
}

/**
 * Shares encoder threads fairly: round robin between sources, and between the members of a source, one job at a time. So
 * a camera with more renditions gets no larger share.
 *
 * Jobs cannot be interrupted. So a source whose frames take long leaves the last free thread to sources whose frames do
 * not, unless it has rested for as long as its last job took; and one whose job exceeds its time limit gets no other turn
 * until the thread is done with it.
 */
export class FairQueue {
  readonly #limit: ConcurrencyLimit;
  readonly #maxThreads: number;
  readonly #now: () => number;
  readonly #waiting = new Map<object, Set<QueueMember>>();
  readonly #sources = new Map<object, SourceState>();
  readonly #running = new Set<RunningJob>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param limit jobs that may run at a time, those that exceed their time limit not counted
   * @param maxThreads jobs that may run at a time, those included
   * @param now milliseconds of a monotonic clock
   */
  constructor(limit: ConcurrencyLimit, maxThreads: number, now = (): number => performance.now()) {
    this.#limit = limit;
    this.#maxThreads = maxThreads;
    this.#now = now;
  }

  /** Adds a member that has a job. Adding it again while it waits changes nothing. */
  add(member: QueueMember): void {
    const { source } = member;
    this.#limit.noteRequest();
    if (this.#limit.free <= 0 && this.#isHeldUp(source)) this.#limit.raise();
    this.#stateOf(source).requestedAt = this.#now();
    const members = this.#waiting.get(source) ?? new Set();
    this.#waiting.set(source, members.add(member));
    this.#startJobs();
  }

  /** Removes a member that waits. Its running job goes on. */
  remove(member: QueueMember): void {
    const members = this.#waiting.get(member.source);
    if (members?.delete(member) && members.size === 0) this.#waiting.delete(member.source);
  }

  #startJobs(): void {
    clearTimeout(this.#timer);
    while (this.#limit.free > 0 && this.#running.size < this.#maxThreads) {
      const member = this.#next();
      if (!member) return;
      const { source, isLarge } = member;
      const job = member.startJob();
      if (job) this.#track(job, { source, isLarge, since: this.#now() });
    }
  }

  #next(): QueueMember | undefined {
    const isLargeRunning = [...this.#running].some(({ isLarge }) => isLarge);
    for (const [source, members] of this.#waiting) {
      if (!this.#mayStart(this.#stateOf(source))) continue;
      const [member] = members;
      if (!member || (member.isLarge && isLargeRunning)) continue;
      members.delete(member);
      // The source goes to the end of the queue, or leaves it.
      this.#waiting.delete(source);
      if (members.size > 0) this.#waiting.set(source, members);
      return member;
    }
    return undefined;
  }

  #mayStart({ overdue, lastJobMs, endedAt }: SourceState): boolean {
    if (overdue > 0) return false;
    if (lastJobMs <= SLOW_JOB_MS || this.#limit.free > 1) return true;
    const now = this.#now();
    const restMs = endedAt + lastJobMs - now;
    if (restMs <= 0 || !this.#isFastSourceActive(now)) return true;
    this.#limit.raise();
    if (this.#limit.free > 1) return true;
    this.#timer = setTimeout(() => this.#startJobs(), restMs).unref();
    return false;
  }

  /** Whether all running jobs are of other sources, and have run for long. */
  #isHeldUp(waiting: object): boolean {
    const now = this.#now();
    return [...this.#running].every(({ source, since }) => source !== waiting && now - since >= HELD_UP_MS);
  }

  #isFastSourceActive(now: number): boolean {
    return [...this.#sources.values()].some(
      ({ requestedAt, lastJobMs }) => lastJobMs <= SLOW_JOB_MS && now - requestedAt <= ACTIVE_MS,
    );
  }

  #stateOf(source: object): SourceState {
    const known = this.#sources.get(source);
    if (known) return known;
    this.#forgetInactive();
    const state = { requestedAt: this.#now(), endedAt: Number.NEGATIVE_INFINITY, lastJobMs: 0, overdue: 0 };
    this.#sources.set(source, state);
    return state;
  }

  #forgetInactive(): void {
    const now = this.#now();
    for (const [source, { requestedAt, overdue }] of this.#sources) {
      const isActive = now - requestedAt <= ACTIVE_MS || overdue > 0 || this.#waiting.has(source);
      if (!isActive) this.#sources.delete(source);
    }
  }

  #track({ result, ended }: QueuedJob, running: RunningJob): void {
    const release = this.#limit.acquire();
    const state = this.#stateOf(running.source);
    this.#running.add(running);
    let hasEnded = false;
    let isOverdue = false;
    void ended.then(() => {
      hasEnded = true;
      this.#running.delete(running);
      if (isOverdue) state.overdue -= 1;
      state.endedAt = this.#now();
      state.lastJobMs = state.endedAt - running.since;
      this.#startJobs();
    });
    void result.then((use) => {
      isOverdue = !hasEnded;
      if (isOverdue) state.overdue += 1;
      release();
      this.#startJobs();
      use();
    });
  }
}
