import type { CameraState, FramehubError } from '@framehub/frame';
import type { CameraLog } from './camera-log.js';
import type { Vitals } from './vitals.js';

/** How a camera is, and why. Each change is told and logged once, however often it is found to be so. */
export class Condition {
  readonly #vitals: Vitals;
  readonly #log: CameraLog;
  readonly #changed: () => void;

  /** @param changed the state, or the error behind it, is another */
  constructor(vitals: Vitals, log: CameraLog, changed: () => void) {
    this.#vitals = vitals;
    this.#log = log;
    this.#changed = changed;
  }

  get state(): CameraState {
    return this.#vitals.state;
  }

  /** Nothing has gone wrong that would not hold in this state, too. */
  enter(state: CameraState): void {
    this.#enter(state, false);
  }

  live(): void {
    this.#vitals.error = undefined;
    this.#log.live(this.#vitals);
    this.enter('live');
  }

  failed(error: FramehubError): void {
    const isNews = this.#vitals.error?.code !== error.code;
    this.#vitals.error = error.toJSON();
    this.#vitals.failures.add(error.code);
    if (isNews) this.#log.failed(error);
    this.#enter('retrying', isNews);
  }

  /** It is not to give pictures, which is no fault. */
  rest(state: 'standby' | 'off' | 'closed'): void {
    this.#vitals.error = undefined;
    this.enter(state);
  }

  #enter(state: CameraState, isNews: boolean): void {
    if (this.state === state && !isNews) return;
    this.#vitals.enter(state);
    this.#changed();
  }
}
