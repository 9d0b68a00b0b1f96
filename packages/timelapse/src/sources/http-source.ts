import { setTimeout as delay } from 'node:timers/promises';
import { isMissing, type Missing, type Picture } from '../picture.js';
import { backOff } from './back-off.js';
import { parseTime } from './capture-facts.js';
import { MAX_BODY_BYTES, readBody, readProblem } from './http-body.js';
import { networkProblem } from './network-problem.js';
import type { Source, SourceHost } from './source.js';

/** A hub waits no longer for its camera than this; docs/http.md. */
const MOST_TIMEOUT_MS = 30_000;
/** What we wait longer for the hub than it waits for its camera. */
const MARGIN_MS = 500;

export interface HttpSourceOptions {
  /** Without name and password. */
  readonly url: URL;
  /** A hub takes wishes in its address; any other is asked as it is. */
  readonly isHub: boolean;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

interface Answer {
  readonly outcome: Picture | Missing;
  /** It may well be better in a moment. */
  readonly passing: boolean;
}

/** Pictures of an address that gives one with each request. */
export class HttpSource implements Source {
  readonly #closing = new AbortController();
  /** Of the last picture: the same one is not sent again. */
  #tag: string | undefined;

  constructor(
    private readonly options: HttpSourceOptions,
    private readonly host: SourceHost,
  ) {}

  async next(patience: number): Promise<Picture | Missing> {
    const deadline = performance.now() + patience;
    for (let failures = 0; ; failures++) {
      const { outcome, passing } = await this.#ask(Math.max(1, deadline - performance.now()));
      const wait = backOff(failures);
      const isLast = !passing || performance.now() + wait >= deadline || this.#closing.signal.aborted;
      if (isLast || !isMissing(outcome)) return outcome;
      this.host.trouble(outcome.detail);
      await delay(wait, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #ask(patience: number): Promise<Answer> {
    const request = new AbortController();
    const abort = () => request.abort();
    const timer = setTimeout(abort, patience);
    const { signal: closing } = this.#closing;
    closing.addEventListener('abort', abort);
    try {
      return await this.#read(
        await fetch(this.#address(patience), { headers: this.#headers(), signal: request.signal }),
      );
    } catch (error) {
      const { host } = this.options.url;
      if (request.signal.aborted) return failure('timeout', `${host}: no answer in ${Math.round(patience)} ms`);
      return failure('unreachable', `${host}: ${networkProblem(error)}`);
    } finally {
      clearTimeout(timer);
      closing.removeEventListener('abort', abort);
    }
  }

  async #read(answer: Response): Promise<Answer> {
    const { host } = this.options.url;
    if (answer.status === 304)
      return settled({ reason: 'unchanged', detail: `${host}: the picture is the same as before` });
    if (!answer.ok) {
      const detail = `${host}: ${await readProblem(answer)}`;
      return answer.status >= 500 ? failure('no-picture', detail) : settled({ reason: 'refused', detail });
    }
    // ustreamer answers with a card in place of a picture; ours is no answer then.
    if (answer.headers.get('x-ustreamer-online') === 'false') {
      await answer.body?.cancel();
      return failure('no-picture', `${host}: its camera is offline`);
    }
    const data = await readBody(answer);
    if (!data)
      return settled({ reason: 'refused', detail: `${host}: more than ${MAX_BODY_BYTES} bytes are no picture` });
    this.#tag = answer.headers.get('etag') ?? undefined;
    const capturedAt = parseTime(answer.headers.get('x-timestamp'));
    return settled({ data, capturedAt, sequence: undefined, arrivedAt: Date.now() });
  }

  #address(patience: number): URL {
    const url = new URL(this.options.url);
    if (this.options.isHub) {
      url.searchParams.set('max_age', '0');
      const timeout = Math.min(MOST_TIMEOUT_MS, Math.max(patience - MARGIN_MS, patience / 2));
      url.searchParams.set('timeout', String(Math.ceil(timeout)));
    }
    return url;
  }

  #headers(): Record<string, string> {
    const { authorization } = this.options;
    return {
      ...(authorization !== undefined && { Authorization: authorization }),
      ...(this.#tag !== undefined && { 'If-None-Match': this.#tag }),
    };
  }
}

function settled(outcome: Picture | Missing): Answer {
  return { outcome, passing: false };
}

function failure(reason: 'timeout' | 'unreachable' | 'no-picture', detail: string): Answer {
  return { outcome: { reason, detail }, passing: true };
}
