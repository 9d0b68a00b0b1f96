/** Index of the one word: how often the bell was rung. */
const RINGS = 0;

/**
 * Wakes a thread that sleeps outside of its event loop, where no message can reach it. The message itself goes the
 * usual way; ring after sending it.
 */
export class Doorbell {
  readonly #words: Int32Array<SharedArrayBuffer>;
  #heard = 0;

  /** @param buffer of the other side's bell; by default a new bell */
  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(buffer);
  }

  ring(): void {
    Atomics.add(this.#words, RINGS, 1);
    Atomics.notify(this.#words, RINGS);
  }

  /** To be called before the event loop's turn in which messages are read, so that no later ring is missed. */
  listen(): void {
    this.#heard = Atomics.load(this.#words, RINGS);
  }

  /** Blocks this thread until the bell has been rung since `listen`, or for so many milliseconds. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#words, RINGS, this.#heard, milliseconds);
  }
}
