import type { FramehubClientError, Question, RequestMessage, ServerMessage } from './protocol.js';

type Answer = Extract<ServerMessage, { op: 'answer' }>;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: FramehubClientError): void;
}

/** Questions to cameras, and who waits for their answers. */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  readonly #send: (message: RequestMessage) => void;
  #next = 1;

  constructor(send: (message: RequestMessage) => void) {
    this.#send = send;
  }

  ask(camera: string, question: Question): Promise<Answer> {
    const re = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(re, { resolve, reject });
      this.#send({ re, camera, ...question });
    });
  }

  answer(answer: Answer): void {
    this.#take(answer.re)?.resolve(answer);
  }

  refuse(re: number, error: FramehubClientError): void {
    this.#take(re)?.reject(error);
  }

  /** The connection is gone, and the answers with it. */
  refuseAll(error: FramehubClientError): void {
    for (const re of [...this.#waiting.keys()]) this.refuse(re, error);
  }

  #take(re: number): Waiting | undefined {
    const waiting = this.#waiting.get(re);
    this.#waiting.delete(re);
    return waiting;
  }
}
