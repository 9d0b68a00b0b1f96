import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { jpegLike } from '../snapshots.fixture.js';

/** A server that answers as a hub does, or as the test chooses. */
export class HttpHub {
  readonly requests: IncomingMessage[] = [];
  /** Called for each request, with its number from 1. */
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void = (_, response, number) =>
    sendSnapshot(response, number);
  readonly #server = createServer((request, response) => {
    this.requests.push(request);
    this.answer(request, response, this.requests.length);
  });

  static async start(t: ExecutionContext, port = 0): Promise<HttpHub> {
    const hub = new HttpHub();
    hub.#server.listen(port, '127.0.0.1');
    await once(hub.#server, 'listening');
    t.teardown(() => hub.close());
    return hub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Answers with a snapshot whose time is that many seconds after noon. */
export function sendSnapshot(response: ServerResponse, number: number, data: Uint8Array = jpegLike(number)): void {
  response
    .writeHead(200, {
      'Content-Type': 'image/jpeg',
      ETag: `"garage-${number}"`,
      'X-Timestamp': (NOON / 1000 + number).toFixed(6),
    })
    .end(data);
}

/** Unix milliseconds. */
export const NOON = Date.parse('2026-11-24T12:00:00.000Z');

/** Answers that there is no frame, as a hub does. */
export function sendNoFrame(response: ServerResponse, status = 503): void {
  const error = { code: 'HTTP_NO_FRAME', message: 'garage gave no frame within 1800 ms; it is retrying' };
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
}
