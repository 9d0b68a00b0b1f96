/** Notices that nothing is heard. */
export class Watchdog {
  readonly #bark: (limit: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param bark is called when it is silent for the limit, milliseconds */
  constructor(bark: (limit: number) => void) {
    this.#bark = bark;
  }

  /** Something is to be heard within so many milliseconds from now. */
  expect(limit: number, forgiving = true): void {
    this.stop();
    const due = performance.now() + limit;
    this.#timer = setTimeout(() => {
      // The timers of a hidden page run once a minute: what has come meanwhile is read after them.
      const wasAsleep = performance.now() - due > limit / 10;
      if (wasAsleep && forgiving) this.expect(limit, false);
      else this.#bark(limit);
    }, limit);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
