import { FramehubClientError, type Question, type RequestMessage, type ServerMessage } from './protocol.js';

/** Milliseconds for an answer. A hub gives up on a camera that does not answer in half of that, and says so. */
const ANSWER_WITHIN_MS = 30_000;

type Answer = Extract<ServerMessage, { op: 'answer' }>;

interface Waiting {
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(answer: Answer): void;
  reject(error: FramehubClientError): void;
}

/** Questions to cameras, and who waits for their answers; not for ever, on a connection that is alive. */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  readonly #send: (message: RequestMessage) => void;
  readonly #within: number;
  #next = 1;

  /** @param within milliseconds for each answer */
  constructor(send: (message: RequestMessage) => void, within = ANSWER_WITHIN_MS) {
    this.#send = send;
    this.#within = within;
  }

  ask(camera: string, question: Question): Promise<Answer> {
    const re = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.refuse(re, this.#unanswered(camera, question)), this.#within);
      this.#waiting.set(re, { timer, resolve, reject });
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
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #unanswered(camera: string, { op }: Question): FramehubClientError {
    const message = `${op} of ${camera} was not answered within ${this.#within / 1000} s: ask again, or look into the hub's log`;
    return new FramehubClientError('CLIENT_NO_ANSWER', message);
  }
}
