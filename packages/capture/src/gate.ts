/** Lets questions through side by side and changes one after the other, and never both at a time. */
export class Gate {
  readonly #questions = new Set<Promise<unknown>>();
  #changes: Promise<unknown> = Promise.resolve();

  async question<T>(ask: () => Promise<T>): Promise<T> {
    for (let changes: unknown; changes !== this.#changes; ) {
      changes = this.#changes;
      await changes;
    }
    const answer = ask();
    this.#questions.add(answer);
    try {
      return await answer;
    } finally {
      this.#questions.delete(answer);
    }
  }

  change<T>(act: () => Promise<T>): Promise<T> {
    const change = this.#changes.then(() => Promise.allSettled(this.#questions)).then(act);
    // Its failure is told to who asked for it, and stops nobody else.
    this.#changes = change.catch(() => undefined);
    return change;
  }
}
