import type { ServerResponse } from 'node:http';
import { type ErrorRecord, isFault, publicError, recordOf } from '@framehub/frame';

/** Seconds after which a client may try again, for answers that say so. */
const RETRY_AFTER = 2;

const STATUSES: Readonly<Record<string, number>> = {
  RENDITION_INVALID: 400,
  HTTP_BAD_QUERY: 400,
  HTTP_BAD_REQUEST: 400,
  HTTP_TOO_MANY_HEADERS: 431,
  HTTP_LENGTH_REQUIRED: 411,
  HTTP_BODY_TOO_LARGE: 413,
  HTTP_UNAUTHORIZED: 401,
  HTTP_HOST_NOT_ALLOWED: 403,
  HTTP_ORIGIN_NOT_ALLOWED: 403,
  HTTP_NOT_FOUND: 404,
  CAMERA_UNKNOWN: 404,
  HTTP_METHOD_NOT_ALLOWED: 405,
  WS_BAD_ADDRESS: 400,
  WS_BAD_SUBPROTOCOL: 400,
  HTTP_TOO_MANY_VIEWERS: 503,
  HTTP_NO_FRAME: 503,
  HTTP_CLOSING: 503,
  BROKER_TOO_MANY_TOPICS: 503,
  BROKER_UNKNOWN_TOPIC: 503,
  CAMERA_SETTING_INVALID: 400,
  CAPTURE_NO_CONTROLS: 404,
  CAPTURE_CONTROL_UNKNOWN: 400,
  CAPTURE_CONTROL_RANGE: 400,
  CAPTURE_CONTROL_READ_ONLY: 400,
  CAPTURE_OFF: 409,
};

/** The body of every answer that is not a success. */
export interface ProblemBody {
  readonly error: { readonly code: string; readonly message: string };
}

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody & Readonly<Record<string, unknown>>;
}

/** Any thrown value as an answer: one line that says what to do, never a stack trace. */
export function problemOf(error: unknown): Problem {
  const { code, details } = recordOf(error);
  const status = STATUSES[code] ?? (isFault(error) ? 500 : 503);
  return {
    status,
    headers: {
      ...(status === 503 && { 'Retry-After': String(RETRY_AFTER) }),
      ...(typeof details.allow === 'string' && { Allow: details.allow }),
      ...(status === 401 && { 'WWW-Authenticate': 'Basic realm="framehub", charset="UTF-8"' }),
    },
    body: { error: publicError(error, 'HTTP_INTERNAL'), ...shown(details) },
  };
}

/** Answers with a problem, if an answer is possible still. */
export function sendProblem(res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const { status, headers, body } = problemOf(error);
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(text);
}

/** Of an error's details, what a client can use. */
function shown({ cameras, camera }: ErrorRecord['details']): Record<string, unknown> {
  return { ...(cameras !== undefined && { cameras }), ...(camera !== undefined && { camera }) };
}
