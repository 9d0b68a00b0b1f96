import { FramehubError } from '@framehub/frame';

/** Does things in turn, with room for a few that wait: the next is refused. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param together how many may be under way at a time, or wait where they go in turn */
  constructor(
    private readonly room: number,
    private readonly inTurn: boolean,
  ) {}

  /** Rejects with `MQTT_BUSY`, or as the task does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.room) {
      const message = `${this.room} commands of this kind are under way, which is the limit: try again later`;
      return Promise.reject(new FramehubError('MQTT_BUSY', message));
    }
    this.#waiting += 1;
    const done = (this.inTurn ? this.#last.then(task, task) : task()).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = done.catch(() => {});
    return done;
  }
}
