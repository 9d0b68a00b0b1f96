import type { FramehubError } from '@framehub/frame';

interface Waiting {
  resolve(answer: never): void;
  reject(error: FramehubError): void;
}

/** Questions that are on their way to a thread, by their numbers. */
export class Questions {
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** @param put sends the question with the number that its answer will have */
  ask<T>(put: (id: number) => void): Promise<T> {
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      put(id);
    });
  }

  answer(id: number, answer: unknown): void {
    this.#take(id)?.resolve(answer as never);
  }

  refuse(id: number, error: FramehubError): void {
    this.#take(id)?.reject(error);
  }

  refuseAll(error: FramehubError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
