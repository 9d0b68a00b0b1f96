import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorRecord } from '@framehub/frame';

const STATUS: Readonly<Record<string, number>> = {
  WS_UNKNOWN_CAMERA: 404,
  WS_TOO_MANY_CONNECTIONS: 503,
  WS_CLOSING: 503,
  WS_BAD_ADDRESS: 400,
  RENDITION_INVALID: 400,
};

/** Answers an upgrade request in HTTP, and ends the connection. */
export function refuse(socket: Socket, { code, message }: Pick<ErrorRecord, 'code' | 'message'>): void {
  const status = STATUS[code] ?? 500;
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 503 ? ['Retry-After: 5'] : []),
      '',
      body,
    ].join('\r\n'),
  );
}
