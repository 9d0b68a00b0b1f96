import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@framehub/testing';
import type { ExecutionContext } from 'ava';
import { numberIn } from '../snapshots.fixture.js';
import { collect } from './collect.js';
import type { CollectOptions } from './options.js';
import type { CollectProgress } from './progress.js';

/** A collector at work, until the test is over. */
export class Collecting {
  readonly ended: Promise<CollectProgress>;
  /** What it reported last. */
  latest: CollectProgress | undefined;
  readonly problems: string[] = [];
  /** What it logged, without debug messages. */
  readonly log: string[] = [];
  readonly #stop = new AbortController();

  constructor(t: ExecutionContext, options: CollectOptions) {
    const note = (_data: object, message: string) => void this.log.push(message);
    this.ended = collect({
      ...options,
      logger: { debug: () => {}, info: note, warn: note, error: note },
      signal: this.#stop.signal,
      onProgress: (progress) => {
        this.latest = progress;
        if (progress.problem !== undefined && progress.problem !== this.problems.at(-1))
          this.problems.push(progress.problem);
      },
    });
    this.ended.catch(() => {});
    t.teardown(() => this.stop().catch(() => {}));
  }

  stop(): Promise<CollectProgress> {
    this.#stop.abort();
    return this.ended;
  }

  /** Waits until it has connected to the MQTT server so many times. */
  async connected(times = 1): Promise<void> {
    await until(() => this.log.filter((message) => message.startsWith('connected to')).length >= times);
  }

  async stored(count: number): Promise<void> {
    await until(() => (this.latest?.stored ?? 0) >= count);
  }

  /** Waits until so many snapshots are missing for a reason. */
  async missing(reason: string, count = 1): Promise<void> {
    await until(() => (this.latest?.reasons[reason] ?? 0) >= count);
  }
}

/** The numbers that are in the files of a folder, in the order of their names. */
export function collected(folder: string): number[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  return names.sort().map((name) => numberIn(readFileSync(join(folder, name))));
}

/** The lines of a folder's index, without the first. */
export function indexLines(folder: string): string[] {
  return readFileSync(join(folder, 'index.csv'), 'utf8').trimEnd().split('\n').slice(1);
}
