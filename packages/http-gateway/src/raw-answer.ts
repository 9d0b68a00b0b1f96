import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from './problem.js';

/** Milliseconds in which a sender may notice the answer, before the connection goes. */
const LINGER = 1000;

/** Answers by hand where there is no response object, and ends the connection. */
export function writeProblem(socket: Socket, { status, headers, body }: Problem): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', text].join('\r\n'));
  // Closing while bytes arrive resets the connection, and the answer would be lost with it. They are not read, either.
  socket.pause();
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(timer));
}
