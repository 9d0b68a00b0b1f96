/** Milliseconds between two lines where nobody watches them change. */
const LINE_EVERY_MS = 10_000;

/** How something goes: one line that changes on a terminal, and a line now and then elsewhere. */
export class ProgressLine {
  #shown = '';
  #printedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly output: NodeJS.WriteStream = process.stdout) {}

  show(text: string): void {
    if (text === this.#shown) return;
    this.#shown = text;
    if (this.output.isTTY) this.#draw();
    else if (performance.now() - this.#printedAt >= LINE_EVERY_MS) this.#print();
  }

  /** A line of its own, above. */
  say(text: string): void {
    if (!this.output.isTTY) this.output.write(`${text}\n`);
    else {
      this.output.write(`\r\x1b[K${text}\n`);
      this.#draw();
    }
  }

  /** The last word, which stays. */
  end(text: string): void {
    this.output.write(`${this.output.isTTY ? '\r\x1b[K' : ''}${text}\n`);
    this.#shown = '';
  }

  /** Leaves what is shown as it is: an error follows. */
  leave(): void {
    if (this.output.isTTY && this.#shown !== '') this.output.write('\n');
  }

  #draw(): void {
    // A line that is wrapped could not be written over.
    this.output.write(`\r${this.#shown.slice(0, (this.output.columns || 80) - 1)}\x1b[K`);
  }

  #print(): void {
    this.#printedAt = performance.now();
    this.output.write(`${this.#shown}\n`);
  }
}
