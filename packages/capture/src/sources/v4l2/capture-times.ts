import type { CapturedBuffer } from 'node-v4l2-camera';
import { unixNow, unixOfMonotonic } from '../../thread/clock.js';
import type { SourceHost } from '../source.js';

/** A driver that reckons with the camera's own clock may be ahead a little. */
const AHEAD_MS = 100;
/** No frame lies that long in a queue: a control holds the driver up for 5 s at most. */
const BEHIND_MS = 10_000;

/**
 * When frames were taken: when their driver says, or else when they come. Some drivers stamp with nought or by another
 * clock than they name; believed, such a stamp would make the time in a picture, and the age of each, nonsense.
 */
export class CaptureTimes {
  readonly #host: Pick<SourceHost, 'log'>;
  #hasSaid = false;

  constructor(host: Pick<SourceHost, 'log'>) {
    this.#host = host;
  }

  /** Unix milliseconds. */
  of({ clock, timestampUs }: Pick<CapturedBuffer, 'clock' | 'timestampUs'>): number {
    const now = unixNow();
    if (clock !== 'monotonic') return now;
    const stamped = unixOfMonotonic(timestampUs / 1000);
    const age = now - stamped;
    if (age >= -AHEAD_MS && age <= BEHIND_MS) return stamped;
    this.#say(age);
    return now;
  }

  #say(age: number): void {
    if (this.#hasSaid) return;
    this.#hasSaid = true;
    const seconds = Math.round(Math.abs(age) / 1000);
    const when = age < 0 ? `${seconds} s ahead` : `${seconds} s ago`;
    const message = `the driver's time stamps cannot be right (${when}): frames get the time of their arrival`;
    this.#host.log('warn', message);
  }
}
