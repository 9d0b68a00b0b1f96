import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FramehubError } from '@framehub/frame';

/** Requests of one connection that may wait for their answers, or be answered in one turn of the event loop. */
const MAX_UNANSWERED_REQUESTS = 4;
export const MAX_BODY_BYTES = 65_536;
/** Behind proxies browsers send some forty. */
const MAX_HEADERS = 128;
/**
 * Headers that Node keeps, one more than are allowed. It drops the others silently, but still obeys a Content-Length among
 * them.
 */
export const KEPT_HEADERS = MAX_HEADERS + 1;

const unanswered = new WeakMap<Socket, number>();

/** Number of requests of a connection whose answers have not been sent. */
export function countUnanswered(socket: Socket): number {
  return unanswered.get(socket) ?? 0;
}

function add(socket: Socket, count: number): void {
  unanswered.set(socket, countUnanswered(socket) + count);
}

/** Why a request is not read to its end: too many headers, or a body that is too long or in chunks. */
export function sizeProblem({ headers, rawHeaders }: IncomingMessage): FramehubError | undefined {
  // Names and values alternate.
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return new FramehubError('HTTP_TOO_MANY_HEADERS', `the request has more than ${MAX_HEADERS} headers`);
  // A chunk of one byte costs as much as a whole body, and ten thousand of them may come at once.
  if (headers['transfer-encoding'] !== undefined)
    return new FramehubError(
      'HTTP_LENGTH_REQUIRED',
      'the body comes in chunks: send it whole, with Content-Length instead of Transfer-Encoding',
    );
  return Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES ? bodyTooLarge() : undefined;
}

export function bodyTooLarge(): FramehubError {
  return new FramehubError('HTTP_BODY_TOO_LARGE', `the body is too long: ${MAX_BODY_BYTES} bytes are allowed`);
}

/** Other protocols that a client offers may be ignored (RFC 9110, 7.8). */
const isWebSocket = ({ upgrade = '' }: IncomingHttpHeaders): boolean => upgrade.toLowerCase() === 'websocket';

/**
 * A request that may end the reading of its connection. Node emits everything that arrived in one piece, thousands of
 * requests or chunks in 64 KiB, even when the connection has been closed meanwhile; it stops only after a request for
 * another protocol. So too many requests at once, and a body that is not read, are presented as one: they arrive at the
 * listeners of `upgrade`.
 */
export class BoundedRequest extends IncomingMessage {
  // Not #private: Node's constructor sets `upgrade` before private fields exist.
  private requested: boolean | null = null;
  private stops: boolean | undefined;

  /** Whether nothing behind this request is read as HTTP. Decided once, when its headers are there. */
  get upgrade(): boolean {
    this.stops ??=
      (this.requested === true && (this.method === 'CONNECT' || isWebSocket(this.headers))) ||
      countUnanswered(this.socket) >= MAX_UNANSWERED_REQUESTS ||
      sizeProblem(this) !== undefined;
    return this.stops;
  }

  set upgrade(requested: boolean | null) {
    this.requested = requested;
  }
}

/** A response that counts as unanswered until it is closed; also those that Node sends by itself. */
export class CountedResponse extends ServerResponse<BoundedRequest> {
  constructor(...args: ConstructorParameters<typeof ServerResponse<BoundedRequest>>) {
    super(...args);
    const { socket } = this.req;
    add(socket, 1);
    // Requests that are answered while the same piece is being read count, too.
    this.once('close', () => setImmediate(add, socket, -1));
  }
}
