import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { FramehubError, listOf, mustBe, shownValue, strictJson } from '@framehub/frame';
import type { z } from 'zod';
import { bodyTooLarge, MAX_BODY_BYTES } from '../bounded-request.js';

/** One operation of the control API, or one file of the page. */
export interface Route {
  readonly method: 'GET' | 'PATCH';
  /** In OpenAPI's notation: `/api/cameras/{camera}`. */
  readonly path: string;
  /** Documents the route. Absent for pages and formats of other programs. */
  readonly doc?: RouteDoc;
  /** Needs no credentials. @default false */
  readonly open?: boolean;
  /** Documents the body, for methods that have one; `handle` checks it. */
  readonly body?: z.ZodType;
  handle(request: RouteRequest): Answer | Promise<Answer>;
}

export interface RouteDoc {
  readonly summary: string;
  /** What the answer holds, by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
}

export interface RouteRequest {
  /** The parts of the path in braces. */
  readonly params: Readonly<Record<string, string>>;
  /** The body as parsed JSON, if the route has one. Unchecked. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  /** @default 200 */
  readonly status?: number;
  /** @default 'application/json; charset=utf-8' */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes and texts are sent unchanged, an object as JSON. */
  readonly body: string | Uint8Array | object;
}

/** A route, and the parts of the request's path that stand for its parameters. */
export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The parts of a route's path. */
export function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

/** The name in braces, or undefined for a part that stands for itself. */
export function parameterOf(part: string): string | undefined {
  return /^\{(.+)\}$/.exec(part)?.[1];
}

/** The table of routes. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly parts: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, parts: partsOf(route.path) }));
  }

  /**
   * @param path decoded segments of the request's path
   * @throws FramehubError `HTTP_NOT_FOUND`, `HTTP_METHOD_NOT_ALLOWED`
   */
  find(method: string, path: readonly string[]): FoundRoute {
    const matching = this.#routes.flatMap(({ route, parts }) => {
      const params = match(parts, path);
      return params ? [{ route, params }] : [];
    });
    if (matching.length === 0)
      throw new FramehubError('HTTP_NOT_FOUND', `there is nothing at ${shownValue(`/${path.join('/')}`)}`);
    const requested = method === 'HEAD' ? 'GET' : method;
    const found = matching.find(({ route }) => route.method === requested);
    if (found) return found;
    const allowed = matching.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
    const message = mustBe('the method', listOf(allowed), method);
    throw new FramehubError('HTTP_METHOD_NOT_ALLOWED', message, { allow: allowed.join(', ') });
  }
}

function match(parts: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const given = path[i] as string;
    const parameter = parameterOf(part);
    if (parameter !== undefined) params[parameter] = given;
    else if (part !== given) return undefined;
  }
  return params;
}

/** Answers a request by its route. @throws FramehubError `HTTP_BAD_REQUEST`, and what the route throws */
export async function answerRoute(
  req: IncomingMessage,
  res: ServerResponse,
  { route, params }: FoundRoute,
): Promise<void> {
  const body = route.body ? await readJson(req) : undefined;
  send(req, res, await route.handle({ params, body, headers: req.headers }));
}

function send(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  const { status = 200, type = 'application/json; charset=utf-8', headers, body } = answer;
  const bytes = bytesOf(body);
  res.statusCode = status;
  const all = { 'Content-Type': type, 'Content-Length': String(bytes.length), 'Cache-Control': 'no-store', ...headers };
  // Added, not replaced: `Vary` may be set already.
  for (const [name, value] of Object.entries(all)) res.appendHeader(name, value);
  res.end(req.method === 'HEAD' || status === 304 ? undefined : bytes);
}

function bytesOf(body: Answer['body']): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Reads into memory of its own: pieces of one byte, of which a client may send thousands, would take a hundred times their size. */
function readText(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(1024);
    let length = 0;
    req.on('data', (piece: Buffer) => {
      if (length + piece.length > MAX_BODY_BYTES) {
        reject(bodyTooLarge());
        req.destroy();
        return;
      }
      if (length + piece.length > bytes.length)
        bytes = Buffer.concat([bytes], Math.max(2 * bytes.length, length + piece.length));
      bytes.set(piece, length);
      length += piece.length;
    });
    req.once('end', () => resolve(bytes.toString('utf8', 0, length)));
    // A client that disconnects early gets no answer, and it is not logged as a fault.
    const cutShort = (): void =>
      reject(new FramehubError('HTTP_BAD_REQUEST', 'the body ended early: send as much as its length says'));
    req.once('error', cutShort);
    req.once('close', cutShort);
  });
}

/** Reads a body of JSON, whose length has been checked. @throws FramehubError `HTTP_BAD_REQUEST` */
async function readJson(req: IncomingMessage): Promise<unknown> {
  const text = await readText(req);
  try {
    return strictJson(text);
  } catch (error) {
    throw notJson(error);
  }
}

function notJson(cause: unknown): FramehubError {
  return new FramehubError(
    'HTTP_BAD_REQUEST',
    'the body is not JSON, or has a key __proto__: send an object such as {"brightness": 140}',
    {},
    { cause },
  );
}
