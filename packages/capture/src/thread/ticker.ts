/**
 * Calls back `fps` times a second, on a grid that does not drift. Ticks that could not be kept are left out,
 * never made up for.
 */
export class Ticker {
  readonly #interval: number;
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  constructor(fps: number, tick: () => void) {
    this.#interval = 1000 / fps;
    this.#tick = tick;
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** The first tick comes at once, on a turn of its own. */
  start(): void {
    if (this.running) return;
    this.#due = performance.now();
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    // Rounded up: timers cut fractions off, and a tick that comes early would only wait again.
    const wait = Math.ceil(this.#due - performance.now());
    this.#timer = setTimeout(() => this.#fire(), Math.max(0, wait));
  }

  #fire(): void {
    const late = performance.now() - this.#due;
    const missed = Math.max(0, Math.floor(late / this.#interval));
    this.#due += (missed + 1) * this.#interval;
    this.#arm();
    this.#tick();
  }
}
