import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { codeOf, type ErrorRecord, isFault, publicError, recordOf } from '@framehub/frame';

/** For answers that ask the client to try again. */
const RETRY_AFTER_SECONDS = 2;
/** Time for a client to read the answer before its connection is closed. */
const LINGER_MS = 1000;

/** Statuses by error code. Other errors, limits among them, are 503, and faults 500. */
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
  HTTP_METHOD_NOT_ALLOWED: 405,
  WS_BAD_ADDRESS: 400,
  WS_BAD_SUBPROTOCOL: 400,
  CAMERA_UNKNOWN: 404,
  CAMERA_SETTING_INVALID: 400,
  CAPTURE_NO_CONTROLS: 404,
  CAPTURE_CONTROL_UNKNOWN: 400,
  CAPTURE_CONTROL_RANGE: 400,
  CAPTURE_CONTROL_READ_ONLY: 400,
  CAPTURE_OFF: 409,
};

/** An error as an answer: status, headers, and a body of JSON. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> & {
    readonly error: { readonly code: string; readonly message: string };
  };
}

/** Describes any thrown value as an answer: one line that says what to do, never a stack trace. */
export function problemOf(error: unknown): Problem {
  const { code, details } = recordOf(error);
  const status = STATUSES[code] ?? (isFault(error) ? 500 : 503);
  return {
    status,
    headers: {
      ...(status === 503 && { 'Retry-After': String(RETRY_AFTER_SECONDS) }),
      ...(typeof details.allow === 'string' && { Allow: details.allow }),
      ...(status === 401 && { 'WWW-Authenticate': 'Basic realm="framehub", charset="UTF-8"' }),
    },
    body: { error: publicError(error, 'HTTP_INTERNAL'), ...publicDetails(details) },
  };
}

/** The details of an error that a client can use. */
function publicDetails({ cameras, camera }: ErrorRecord['details']): Record<string, unknown> {
  return { ...(cameras !== undefined && { cameras }), ...(camera !== undefined && { camera }) };
}

/** Answers with an error, or closes the connection if the answer has begun. */
export function sendProblem(res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const { status, headers, body } = problemOf(error);
  const text = JSON.stringify(body);
  res.writeHead(status, { ...contentHeaders(text), 'Cache-Control': 'no-store', ...headers });
  res.end(text);
}

/** Answers without a response object, and ends the connection. */
export function writeProblem(socket: Socket, { status, headers, body }: Problem): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({ ...contentHeaders(text), Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', text].join('\r\n'));
  // Closing while bytes arrive resets the connection and discards the answer. Those bytes are not read, either.
  socket.pause();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function contentHeaders(text: string): Record<string, string | number> {
  return { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) };
}

const refused = new WeakSet<Socket>();

/** Answers what is not a valid request: half of one, one with too long headers, or other bytes. */
export function refuseBadRequest(error: Error, socket: Socket): void {
  // Every further piece of the same bytes is an error again.
  if (refused.has(socket)) return;
  if (!socket.writable || codeOf(error) === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const [status, message] = parseFailure(error);
  writeProblem(socket, { status, headers: {}, body: { error: { code: 'HTTP_BAD_REQUEST', message } } });
}

function parseFailure(error: Error): readonly [status: number, message: string] {
  switch (codeOf(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'the headers are too long: 16 KiB are allowed'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'the request did not arrive completely in time'];
    default:
      return [400, 'this is not an HTTP request'];
  }
}
