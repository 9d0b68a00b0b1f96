import type { ListenOptions } from '@framehub/frame/async';
import type { Question, RequestMessage, ServerMessage } from '@framehub/frame/protocol';
import { FramehubClientError } from './errors.js';

/** Milliseconds for an answer. The hub itself gives up a camera that does not answer after half of that. */
const RESPONSE_TIMEOUT_MS = 30_000;

export type ResponseMessage = Extract<ServerMessage, { op: 'response' }>;

interface Pending {
  resolve(response: ResponseMessage): void;
  reject(error: unknown): void;
}

/** Requests that wait for their responses, each with a time limit. */
export class Requests {
  readonly #pending = new Map<number, Pending>();
  readonly #send: (message: RequestMessage) => void;
  readonly #timeoutMs: number;
  #nextId = 1;

  /** @param timeoutMs of each request */
  constructor(send: (message: RequestMessage) => void, timeoutMs = RESPONSE_TIMEOUT_MS) {
    this.#send = send;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws FramehubClientError `CLIENT_NO_ANSWER`, or what `reject` is called with; the signal's reason */
  async ask(camera: string, question: Question, { signal }: ListenOptions = {}): Promise<ResponseMessage> {
    signal?.throwIfAborted();
    const requestId = this.#nextId++;
    const onAbort = (): void => this.reject(requestId, signal?.reason);
    const onTimeout = (): void => this.reject(requestId, timeoutError(camera, question, this.#timeoutMs));
    const timer = setTimeout(onTimeout, this.#timeoutMs);
    signal?.addEventListener('abort', onAbort);
    try {
      return await new Promise<ResponseMessage>((resolve, reject) => {
        this.#pending.set(requestId, { resolve, reject });
        this.#send({ requestId, camera, ...question });
      });
    } finally {
      this.#pending.delete(requestId);
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  resolve(response: ResponseMessage): void {
    this.#pending.get(response.requestId)?.resolve(response);
  }

  reject(requestId: number, error: unknown): void {
    this.#pending.get(requestId)?.reject(error);
  }

  /** To be called when the connection is lost, and the responses with it. */
  rejectAll(error: FramehubClientError): void {
    for (const { reject } of this.#pending.values()) reject(error);
  }
}

function timeoutError(camera: string, { op }: Question, timeoutMs: number): FramehubClientError {
  const message = `${op} of ${camera} was not answered within ${timeoutMs / 1000} s: try again, or see the hub's log`;
  return new FramehubClientError('CLIENT_NO_ANSWER', message);
}
