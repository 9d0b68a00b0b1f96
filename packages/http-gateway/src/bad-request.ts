import type { Socket } from 'node:net';
import { codeOf } from '@framehub/frame';
import { writeProblem } from './raw-answer.js';

const refused = new WeakSet<Socket>();

/** Answers what is not a request at all: half of one, too long a one, or other bytes. */
export function refuseBadRequest(error: Error, socket: Socket): void {
  // Every further piece of the same nonsense is an error again.
  if (refused.has(socket)) return;
  if (!socket.writable || codeOf(error) === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const [status, message] = reasonOf(error);
  writeProblem(socket, { status, headers: {}, body: { error: { code: 'HTTP_BAD_REQUEST', message } } });
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
