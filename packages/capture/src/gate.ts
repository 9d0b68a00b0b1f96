/** Lets questions through side by side and changes one after the other, and never both at a time; in order of arrival. */
export class Gate {
  readonly #questions = new Set<Promise<unknown>>();
  /** Settles when the last change that was asked for is done. */
  #changes: Promise<void> | undefined;

  async question<T>(ask: () => Promise<T>): Promise<T> {
    while (this.#changes) await this.#changes;
    const answer = ask();
    this.#questions.add(answer);
    try {
      return await answer;
    } finally {
      this.#questions.delete(answer);
    }
  }

  change<T>(act: () => Promise<T>): Promise<T> {
    const before = this.#changes ?? Promise.resolve();
    const change = before.then(() => Promise.allSettled(this.#questions)).then(act);
    const done = (): void => {
      if (this.#changes === changes) this.#changes = undefined;
    };
    // Its failure is told to who asked for it, and stops nobody else.
    const changes = change.then(done, done);
    this.#changes = changes;
    return change;
  }
}
