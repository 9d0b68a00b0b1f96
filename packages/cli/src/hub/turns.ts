import { FramehubError } from '@framehub/frame';

/** Each has somebody who waits for it; a program that does not wait is told so. */
const MOST = 16;

/** Lets changes of one thing be made one after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Makes the change when it is its turn. Rejects as it does, or with `CAMERA_TOO_MANY_REQUESTS`. */
  async take<T>(change: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST)
      throw new FramehubError(
        'CAMERA_TOO_MANY_REQUESTS',
        `${MOST} changes are waiting for their turn, which is the limit: wait for one before you ask for the next`,
        { limit: MOST },
      );
    this.#waiting += 1;
    const result = this.#last.then(change);
    // Its failure is for who asked for it, and stops nobody else.
    this.#last = result.then(
      () => {},
      () => {},
    );
    try {
      return await result;
    } finally {
      this.#waiting -= 1;
    }
  }
}
