/** A picture on its way into a folder. */
export interface Picture {
  readonly data: Uint8Array;
  /** Unix milliseconds of capture, where the source tells it. */
  readonly capturedAt: number | undefined;
  /** The camera's own count of frames, where the source tells it. */
  readonly sequence: number | undefined;
  /** Unix milliseconds when it came here: what is known where nobody tells when it was taken. */
  readonly arrivedAt: number;
}

/** Why a source gave no picture: a word to count by, and a sentence for people. */
export interface Missing {
  /**
   * - `unreachable`: no connection
   * - `timeout`: no answer, or nothing came
   * - `no-picture`: the hub has none now
   * - `unchanged`: it is the same as before
   * - `refused`: not allowed, or there is no such camera
   */
  readonly reason: 'unreachable' | 'timeout' | 'no-picture' | 'unchanged' | 'refused';
  readonly detail: string;
}

export function isMissing(outcome: object): outcome is Missing {
  return 'reason' in outcome;
}
