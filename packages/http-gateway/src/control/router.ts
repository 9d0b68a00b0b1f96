import type { IncomingMessage, ServerResponse } from 'node:http';
import { FramehubError } from '@framehub/frame';
import { shorten } from '../address.js';
import { readJson } from './body.js';
import { type Answer, parameterOf, partsOf, type Route } from './route.js';

/** A route, and what stands in its address for the parts in braces. */
export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The table of routes. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly parts: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, parts: partsOf(route.path) }));
  }

  /**
   * @param path of the request, in its parts, decoded
   * @throws FramehubError `HTTP_NOT_FOUND`, `HTTP_METHOD_NOT_ALLOWED`
   */
  find(method: string, path: readonly string[]): FoundRoute {
    const there = this.#routes.flatMap(({ route, parts }) => {
      const params = match(parts, path);
      return params ? [{ route, params }] : [];
    });
    if (there.length === 0)
      throw new FramehubError('HTTP_NOT_FOUND', `there is nothing at ${shorten(`/${path.join('/')}`)}`);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = there.find(({ route }) => route.method === wanted);
    if (found) return found;
    const allowed = there.map(({ route }) => route.method).join(', ');
    throw new FramehubError('HTTP_METHOD_NOT_ALLOWED', `${shorten(method)} is not possible here: use ${allowed}`, {
      allow: allowed.replace('GET', 'GET, HEAD'),
    });
  }
}

/** Answers a request by its route. @throws what the route throws, and FramehubError `HTTP_BAD_REQUEST` */
export async function answerRoute(
  req: IncomingMessage,
  res: ServerResponse,
  { route, params }: FoundRoute,
): Promise<void> {
  const body = route.body ? await readJson(req, route.body) : undefined;
  send(req, res, await route.handle({ params, body, headers: req.headers }));
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

function send(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  const { status = 200, type = 'application/json; charset=utf-8', headers, body } = answer;
  const bytes = bytesOf(body);
  res.statusCode = status;
  const all = { 'Content-Type': type, 'Content-Length': String(bytes.length), 'Cache-Control': 'no-store', ...headers };
  // Added, not replaced: the answer may vary by origin already.
  for (const [name, value] of Object.entries(all)) res.appendHeader(name, value);
  res.end(req.method === 'HEAD' || status === 304 ? undefined : bytes);
}

function bytesOf(body: Answer['body']): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
