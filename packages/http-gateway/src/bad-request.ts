import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { codeOf } from '@framehub/frame';
import type { ProblemBody } from './problem.js';

/** Milliseconds in which a sender may notice the answer, before the connection goes. */
const LINGER = 1000;

const refused = new WeakSet<Socket>();

/**
 * Answers what is not a request at all: half of one, too long a one, or other bytes. There is no response object then,
 * so the answer is written by hand.
 */
export function refuseBadRequest(error: Error, socket: Socket): void {
  // Every further piece of the same nonsense is an error again.
  if (refused.has(socket)) return;
  if (!socket.writable || codeOf(error) === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const [status, message] = reasonOf(error);
  const body: ProblemBody = { error: { code: 'HTTP_BAD_REQUEST', message } };
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
  // Closing while bytes arrive resets the connection, and the answer would be lost with it.
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(timer));
}

function reasonOf(error: Error): readonly [status: number, message: string] {
  switch (codeOf(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'the headers are too long: 16 KiB are allowed'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'the request did not come to its end in time'];
    default:
      return [400, 'this is not an HTTP request'];
  }
}
