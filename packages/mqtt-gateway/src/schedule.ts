import { Cron } from 'croner';

/** When something is due. Absent both: never by itself. */
export interface SchedulePlan {
  /** Milliseconds. */
  readonly every?: number | undefined;
  /** Five or six fields, local time: `0 7-19 * * *`. */
  readonly cron?: string | undefined;
}

export interface Tick {
  /** Ticks that were due before this one and came too late to count. */
  readonly missed: number;
  /** Milliseconds to the next one. */
  readonly interval: number;
}

/** Starts a schedule. @returns ends it */
export function schedule({ every, cron }: SchedulePlan, onTick: (tick: Tick) => void): () => void {
  if (every !== undefined) return repeat(every, onTick);
  if (cron !== undefined) return follow(cron, onTick);
  return () => {};
}

/** Why a pattern cannot be followed, or undefined. */
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

/** Each tick is reckoned from the first, so that delays never add up. The first is now. */
function repeat(interval: number, onTick: (tick: Tick) => void): () => void {
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
  return () => clearTimeout(timer);
}

function follow(pattern: string, onTick: (tick: Tick) => void): () => void {
  const job: Cron = new Cron(pattern, CRON_OPTIONS, () => onTick({ missed: 0, interval: job.msToNext() ?? 0 }));
  return () => job.stop();
}
