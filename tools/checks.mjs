/**
 * A list of checks made in order, for journeys through the real thing that are no unit tests.
 * Each is counted; the last line is `N passed, N failed`, and the exit code agrees.
 */
export class Checks {
  #passed = 0;
  #failed = 0;

  /** Runs one check; a check fails by throwing. Returns what it returned, or undefined when it failed. */
  async check(title, run) {
    try {
      const result = await run();
      this.#passed += 1;
      console.log(`ok - ${title}`);
      return result;
    } catch (error) {
      this.#failed += 1;
      console.log(`not ok - ${title}\n    ${String(error?.message ?? error).replaceAll('\n', '\n    ')}`);
      return undefined;
    }
  }

  finish() {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    process.exitCode = this.#failed === 0 ? 0 : 1;
  }
}

/** @param {unknown} condition @param {string} message */
export function ensure(condition, message) {
  if (!condition) throw new Error(message);
}
