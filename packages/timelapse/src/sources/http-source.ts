import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '@framehub/frame';
import { networkProblem } from '../errors.js';
import { isMissing, type Missing, type Snapshot, type Source, type SourceHost } from '../source.js';
import { messageOf, parseObject, parseTime } from './facts.js';

/** Larger snapshots are a mistake. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** A hub waits no longer for its camera than this; docs/http.md. */
const MAX_HUB_TIMEOUT_MS = 30_000;
/** How much longer a request may take than the hub waits for its camera. */
const MARGIN_MS = 500;
const MAX_RETRY_MS = 30_000;

export interface HttpSourceOptions {
  /** Without name and password. */
  readonly url: URL;
  /** A hub gets query parameters; any other address is requested unchanged. */
  readonly isHub: boolean;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

interface Attempt {
  readonly outcome: Snapshot | Missing;
  /** Whether another attempt may succeed soon. */
  readonly retry: boolean;
}

/** Snapshots of an address that answers each request with one. */
export class HttpSource implements Source {
  readonly #options: HttpSourceOptions;
  readonly #host: SourceHost;
  readonly #closing = new AbortController();
  /** Of the last snapshot: the same one is not sent again. */
  #etag: string | undefined;

  constructor(options: HttpSourceOptions, host: SourceHost) {
    this.#options = options;
    this.#host = host;
  }

  async next(timeoutMs: number): Promise<Snapshot | Missing> {
    const { signal } = this.#closing;
    const deadline = performance.now() + timeoutMs;
    const backOff = new BackOff({ maxMs: MAX_RETRY_MS });
    for (;;) {
      const { outcome, retry } = await this.#request(Math.max(1, deadline - performance.now()));
      const waitMs = backOff.next();
      const isLast = !retry || performance.now() + waitMs >= deadline || signal.aborted;
      if (isLast || !isMissing(outcome)) return outcome;
      this.#host.problem(outcome.detail);
      await delay(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #request(timeoutMs: number): Promise<Attempt> {
    const request = new AbortController();
    const abort = () => request.abort();
    const timer = setTimeout(abort, timeoutMs);
    const { signal: closing } = this.#closing;
    closing.addEventListener('abort', abort);
    try {
      const headers = this.#headers();
      return await this.#read(await fetch(this.#address(timeoutMs), { headers, signal: request.signal }));
    } catch (error) {
      const { host } = this.#options.url;
      if (request.signal.aborted) return failure('timeout', `${host}: no answer in ${Math.round(timeoutMs)} ms`);
      return failure('unreachable', `${host}: ${networkProblem(error)}`);
    } finally {
      clearTimeout(timer);
      closing.removeEventListener('abort', abort);
    }
  }

  async #read(response: Response): Promise<Attempt> {
    const { host } = this.#options.url;
    if (response.status === 304) return final({ reason: 'unchanged', detail: `${host}: the same frame as before` });
    if (!response.ok) {
      const detail = `${host}: ${await readProblem(response)}`;
      return response.status >= 500 ? failure('no-frame', detail) : final({ reason: 'refused', detail });
    }
    // ustreamer sends a placeholder then; a hub sends an error.
    if (response.headers.get('x-ustreamer-online') === 'false') {
      await response.body?.cancel();
      return failure('no-frame', `${host}: its camera is offline`);
    }
    const data = await readBody(response);
    if (!data)
      return final({ reason: 'refused', detail: `${host}: the snapshot has more than ${MAX_BODY_BYTES} bytes` });
    this.#etag = response.headers.get('etag') ?? undefined;
    const capturedAt = parseTime(response.headers.get('x-timestamp'));
    return final({ data, capturedAt, sequence: undefined, arrivedAt: Date.now() });
  }

  #address(timeoutMs: number): URL {
    const url = new URL(this.#options.url);
    if (this.#options.isHub) {
      url.searchParams.set('max_age', '0');
      const timeout = Math.min(MAX_HUB_TIMEOUT_MS, Math.max(timeoutMs - MARGIN_MS, timeoutMs / 2));
      url.searchParams.set('timeout', String(Math.ceil(timeout)));
    }
    return url;
  }

  #headers(): Record<string, string> {
    const { authorization } = this.#options;
    return {
      ...(authorization !== undefined && { Authorization: authorization }),
      ...(this.#etag !== undefined && { 'If-None-Match': this.#etag }),
    };
  }
}

function final(outcome: Snapshot | Missing): Attempt {
  return { outcome, retry: false };
}

function failure(reason: Missing['reason'], detail: string): Attempt {
  return { outcome: { reason, detail }, retry: true };
}

/** The bytes of a response, or undefined if there are too many. Rejects if it breaks off. */
async function readBody(response: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The message of a hub's JSON error, or the status. */
async function readProblem(response: Response): Promise<string> {
  const body = (await readBody(response))?.toString('utf8') ?? '';
  return messageOf(parseObject(body)) ?? `it answers with ${response.status} ${response.statusText}`.trimEnd();
}
