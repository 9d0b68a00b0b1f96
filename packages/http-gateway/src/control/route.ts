import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';

/** One thing that the control API does. The router serves it, the OpenAPI document tells of it. */
export interface Route {
  readonly method: 'GET' | 'PATCH';
  /** As OpenAPI writes it: `/api/cameras/{camera}`. */
  readonly path: string;
  /** Left out of the document where absent: pages and formats of others. */
  readonly doc?: RouteDoc;
  /** Needs no password. @default false */
  readonly open?: boolean;
  /** What the body must be, for methods that have one. */
  readonly body?: z.ZodType;
  handle(request: RouteRequest): Answer | Promise<Answer>;
}

export interface RouteDoc {
  readonly summary: string;
  /** By status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
}

export interface RouteRequest {
  /** The parts of the path in braces. */
  readonly params: Readonly<Record<string, string>>;
  /** As `body` of the route has read it. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  /** @default 200 */
  readonly status?: number;
  /** @default 'application/json; charset=utf-8' */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes are sent as they are, an object as JSON. */
  readonly body: string | Uint8Array | object;
}

/** The parts of a route's path. */
export function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

/** The name in braces, or undefined for a part that stands for itself. */
export function parameterOf(part: string): string | undefined {
  return /^\{(.+)\}$/.exec(part)?.[1];
}
