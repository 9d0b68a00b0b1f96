import { setTimeout as delay } from 'node:timers/promises';
import { inspectJpeg, isBroken, type Logger, silentLogger } from '@framehub/frame';
import { isMissing, type Missing, type Picture } from '../picture.js';
import { HttpSource } from '../sources/http-source.js';
import { MqttSource } from '../sources/mqtt-source.js';
import type { Source, SourceHost } from '../sources/source.js';
import { PictureStore } from '../store/picture-store.js';
import { type CollectOptions, type CollectPlan, readCollectOptions } from './options.js';
import { nextTick } from './schedule.js';
import { type CollectProgress, Tally } from './tally.js';

/** The longest time that a timer of Node takes is about 25 days; a machine that was asleep is noticed sooner. */
const MAX_SLEEP_MS = 60_000;

/** What surrounds the work: where it reports to, and what ends it. */
export interface CollectSurroundings {
  readonly logger?: Logger;
  /** Called at each change. */
  readonly progress?: (progress: CollectProgress) => void;
  /** Ends it: the picture in hand is stored, the folder given back. */
  readonly signal?: AbortSignal;
}

/**
 * Stores pictures in a folder until the signal comes; then resolves with what was done. Connections are made again for
 * ever. Rejects with `TIMELAPSE_INVALID_OPTION`, `TIMELAPSE_FOLDER_IN_USE`, `TIMELAPSE_DISK_FULL`, `TIMELAPSE_UNWRITABLE` or
 * `TIMELAPSE_UNREADABLE`; all that was stored is whole, and the next run goes on behind it.
 */
export async function collect(
  options: CollectOptions,
  { logger = silentLogger, progress = () => {}, signal = new AbortController().signal }: CollectSurroundings = {},
): Promise<CollectProgress> {
  const plan = readCollectOptions(options);
  const store = await PictureStore.open(plan.out, plan.keep, logger);
  const tally = new Tally(store.last, progress, logger);
  const begun = Date.now();
  const source = openSource(plan.source, {
    logger,
    newest: () => store.last?.capturedAt ?? begun,
    isStored: (picture) => store.has(picture),
    trouble: (problem) => tally.trouble(problem),
    overrun: () => tally.missing('overrun'),
  });
  const stop = () => void source.close();
  signal.addEventListener('abort', stop);
  try {
    if (plan.interval === undefined) await storeEach(source, store, tally, signal);
    else await storeEvery(plan.interval, plan.patience, source, store, tally, signal);
    return tally.read();
  } finally {
    signal.removeEventListener('abort', stop);
    await source.close();
    await store.close();
  }
}

function openSource(plan: CollectPlan['source'], host: SourceHost): Source {
  return plan.type === 'mqtt' ? new MqttSource(plan, host) : new HttpSource(plan, host);
}

async function storeEach(source: Source, store: PictureStore, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const outcome = await source.next(Number.POSITIVE_INFINITY);
    if (!signal.aborted) await settle(outcome, store, tally);
  }
}

async function storeEvery(
  interval: number,
  patience: number,
  source: Source,
  store: PictureStore,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  let due = performance.now();
  while (!signal.aborted) {
    const outcome = await source.next(patience);
    if (signal.aborted) return;
    await settle(outcome, store, tally);
    const next = nextTick(due, interval, performance.now());
    tally.missing('late', undefined, next.missed);
    due = next.due;
    await sleepUntil(due, signal);
  }
}

/** Stores what is a whole picture, and counts what is not. */
async function settle(outcome: Picture | Missing, store: PictureStore, tally: Tally): Promise<void> {
  if (isMissing(outcome)) {
    tally.missing(outcome.reason, outcome.detail);
    return;
  }
  const info = inspectJpeg(outcome.data);
  if (isBroken(info)) {
    tally.missing(info.fault, `what came is no whole JPEG (${info.fault})`);
    return;
  }
  const stored = await store.add({ ...outcome, data: outcome.data.subarray(0, info.byteLength) });
  if (stored) tally.stored(stored);
  else tally.repeated();
}

async function sleepUntil(due: number, signal: AbortSignal): Promise<void> {
  for (let left = due - performance.now(); left > 0 && !signal.aborted; left = due - performance.now())
    await delay(Math.min(left, MAX_SLEEP_MS), undefined, { signal }).catch(() => {});
}
