import { type Subscription, subscription } from '@framehub/frame';
import { Cron } from 'croner';

/** When something is due. Without `every` and `cron`: never. */
export interface SchedulePlan {
  /** Milliseconds. */
  readonly every?: number | undefined;
  /** A pattern of five or six fields, in local time: `0 7-19 * * *`. */
  readonly cron?: string | undefined;
}

export interface Tick {
  /** Earlier ticks that were skipped because they came too late. */
  readonly missed: number;
  /** Milliseconds until the next tick. */
  readonly interval: number;
}

/** Starts a schedule. @returns closed to end it */
export function schedule({ every, cron }: SchedulePlan, onTick: (tick: Tick) => void): Subscription {
  if (every !== undefined) return repeat(every, onTick);
  return cron === undefined ? subscription(() => {}) : follow(cron, onTick);
}

/** Why a cron pattern is invalid, or undefined for a valid one. */
export function faultOfCron(pattern: string): string | undefined {
  try {
    const job = new Cron(pattern, { ...CRON_OPTIONS, paused: true });
    const next = job.nextRun();
    job.stop();
    return next ? undefined : 'it never comes';
  } catch (error) {
    return error instanceof Error ? readable(error.message) : String(error);
  }
}

/** Croner counts days and months from 0. */
function readable(message: string): string {
  return message
    .replace(/^CronPattern: |\.$/g, '')
    .replace('dayOfWeek', 'weekday')
    .replace(/(?<=for (?:day|month): )-?\d+$/, (number) => String(Number(number) + 1));
}

const CRON_OPTIONS = { mode: '5-or-6-parts' } as const;

/** The first tick is now. The others are counted from it, so that delays never add up. */
function repeat(interval: number, onTick: (tick: Tick) => void): Subscription {
  const anchor = performance.now();
  let timer: NodeJS.Timeout;
  let next = 0;
  const wait = (): void => {
    timer = setTimeout(fire, Math.max(0, anchor + next * interval - performance.now()));
  };
  const fire = (): void => {
    // A timer may be a millisecond early.
    const newest = Math.max(next, Math.floor((performance.now() - anchor + 1) / interval));
    const missed = newest - next;
    next = newest + 1;
    wait();
    onTick({ missed, interval });
  };
  wait();
  return subscription(() => clearTimeout(timer));
}

function follow(pattern: string, onTick: (tick: Tick) => void): Subscription {
  const job: Cron = new Cron(pattern, CRON_OPTIONS, () => onTick({ missed: 0, interval: job.msToNext() ?? 0 }));
  return subscription(() => job.stop());
}
