import { setTimeout as delay } from 'node:timers/promises';
import { inspectJpeg, isBroken, silentLogger } from '@framehub/frame';
import { isMissing, type Missing, type Snapshot, type Source, type SourceHost } from '../source.js';
import { HttpSource } from '../sources/http-source.js';
import { MqttSource } from '../sources/mqtt-source.js';
import { SnapshotStore } from '../store/snapshot-store.js';
import { type CollectOptions, type CollectPlan, readCollectOptions } from './options.js';
import { type CollectProgress, ProgressCounter } from './progress.js';

/** Timers of Node take about 25 days at most. Shorter waits notice earlier that the machine was suspended. */
const MAX_SLEEP_MS = 60_000;

/**
 * Stores snapshots in a folder until the signal aborts. Lost connections are made again for ever. What is stored is whole
 * whatever happens, and the next run continues after it.
 *
 * @returns what was done
 * @throws `TIMELAPSE_INVALID_OPTION`, `TIMELAPSE_FOLDER_IN_USE`, `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE` or
 *   `TIMELAPSE_UNREADABLE`
 * @example
 * const stop = new AbortController();
 * process.once('SIGTERM', () => stop.abort());
 * const done = await collect({ from: 'http://pi4:8090', every: '10s', out: 'garage', signal: stop.signal });
 */
export async function collect(options: CollectOptions): Promise<CollectProgress> {
  const { logger = silentLogger, onProgress = () => {}, signal = new AbortController().signal } = options;
  const plan = readCollectOptions(options);
  const store = await SnapshotStore.open(plan.out, plan.keep, logger);
  const counter = new ProgressCounter(store.last, onProgress, logger);
  const startedAt = Date.now();
  const source = openSource(plan.source, {
    logger,
    newest: () => store.last?.capturedAt ?? startedAt,
    isStored: (snapshot) => store.has(snapshot),
    problem: (problem) => counter.problem(problem),
    overrun: () => counter.missing('overrun'),
  });
  const stop = () => void source.close();
  signal.addEventListener('abort', stop);
  try {
    for (let due = performance.now(); !signal.aborted; ) {
      const outcome = await source.next(plan.timeoutMs);
      if (signal.aborted) break;
      await storeSnapshot(outcome, store, counter);
      if (plan.intervalMs === undefined) continue;
      const next = nextTick(due, plan.intervalMs, performance.now());
      counter.missing('late', undefined, next.missed);
      due = next.due;
      await sleepUntil(due, signal);
    }
    return counter.read();
  } finally {
    signal.removeEventListener('abort', stop);
    await source.close();
    await store.close();
  }
}

function openSource(plan: CollectPlan['source'], host: SourceHost): Source {
  return plan.type === 'mqtt' ? new MqttSource(plan, host) : new HttpSource(plan, host);
}

/** Stores a whole snapshot, and counts anything else. */
async function storeSnapshot(
  outcome: Snapshot | Missing,
  store: SnapshotStore,
  counter: ProgressCounter,
): Promise<void> {
  if (isMissing(outcome)) return counter.missing(outcome.reason, outcome.detail);
  const info = inspectJpeg(outcome.data);
  if (isBroken(info)) return counter.missing(info.fault, `the snapshot is not a whole JPEG (${info.fault})`);
  counter.stored(await store.add({ ...outcome, data: outcome.data.subarray(0, info.byteLength) }));
}

/**
 * The tick after one that was due at `due`, on the clock of `now`, in milliseconds. Ticks lie on a grid, so that late work
 * does not delay all later ticks: a tick that is less than an interval overdue is due at once, older ones are missed.
 */
export function nextTick(due: number, interval: number, now: number): { due: number; missed: number } {
  const behind = Math.max(1, Math.floor((now - due) / interval));
  return { due: due + behind * interval, missed: behind - 1 };
}

async function sleepUntil(due: number, signal: AbortSignal): Promise<void> {
  for (let left = due - performance.now(); left > 0 && !signal.aborted; left = due - performance.now())
    await delay(Math.min(left, MAX_SLEEP_MS), undefined, { signal }).catch(() => {});
}
