/** Milliseconds between two questions, once the clock is known well. */
const EVERY_MS = 15_000;
/** The first few come quickly: one alone may have waited behind a picture. */
const FIRST_MS = [0, 200, 500, 1000, 2000];

/** Asks for the server's clock, at first often and then now and again, while there is a connection. */
export class ClockQuestions {
  readonly #ask: () => void;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #interval: ReturnType<typeof setInterval> | undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  start(): void {
    this.stop();
    this.#timers = FIRST_MS.map((wait) => setTimeout(this.#ask, wait));
    this.#interval = setInterval(this.#ask, EVERY_MS);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    clearInterval(this.#interval);
  }
}
