/** The next time to act, and how many were slept through. */
export interface NextTick {
  /** Milliseconds, on the clock of `now`. */
  readonly due: number;
  readonly missed: number;
}

/**
 * The tick after one that was due at `due`. Ticks lie on a grid, so that what is done late does not make all later ones
 * late; a tick that is less than an interval overdue is made up for at once, older ones are missed.
 */
export function nextTick(due: number, interval: number, now: number): NextTick {
  const behind = Math.max(1, Math.floor((now - due) / interval));
  return { due: due + behind * interval, missed: behind - 1 };
}
