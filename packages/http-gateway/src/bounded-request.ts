import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FramehubError } from '@framehub/frame';

/** Requests of one connection that may wait for their answers, or are answered in one turn of the event loop. */
const MAX_UNANSWERED = 4;
/** Bytes of a body. */
export const MAX_BODY = 65_536;
/** Headers of a request; behind proxies browsers send some forty. */
const MAX_HEADERS = 128;
/**
 * Headers that Node keeps, one more than are allowed: it drops the others in silence, and obeys the length of a body all
 * the same that they tell.
 */
export const KEPT_HEADERS = MAX_HEADERS + 1;

const unanswered = new WeakMap<Socket, number>();

/** Requests of a connection whose answers have not gone out. */
export function countUnanswered(socket: Socket): number {
  return unanswered.get(socket) ?? 0;
}

function add(socket: Socket, count: number): void {
  unanswered.set(socket, countUnanswered(socket) + count);
}

/** Why a request is not read to its end: too many headers, or the length of its body. */
export function sizeProblem({ headers, rawHeaders }: IncomingMessage): FramehubError | undefined {
  // Names and values by turns.
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return new FramehubError('HTTP_TOO_MANY_HEADERS', `the request has more than ${MAX_HEADERS} headers`);
  // A chunk of one byte costs as much as a whole body, and ten thousand of them may come at once.
  if (headers['transfer-encoding'] !== undefined)
    return new FramehubError(
      'HTTP_LENGTH_REQUIRED',
      'the body comes in chunks: send it whole, with Content-Length instead of Transfer-Encoding',
    );
  return Number(headers['content-length'] ?? 0) > MAX_BODY ? bodyTooLarge() : undefined;
}

export function bodyTooLarge(): FramehubError {
  return new FramehubError('HTTP_BODY_TOO_LARGE', `the body is too long: ${MAX_BODY} bytes are allowed`);
}

/** Of the protocols that a client may offer to change to, the one that is spoken here; others need not be heeded (RFC 9110, 7.8). */
const isWebSocket = ({ upgrade = '' }: IncomingHttpHeaders): boolean => upgrade.toLowerCase() === 'websocket';

/**
 * A request that may end the reading of its connection. Node hands over all that has come in one piece, thousands of
 * requests or chunks in 64 KiB, also when the connection has been closed meanwhile; it stops behind a request for another
 * protocol only. So too many requests at once, and a body that is not read, pass for one: they come to the listeners of
 * `upgrade`.
 */
export class BoundedRequest extends IncomingMessage {
  private asked: boolean | null = null;
  private stops: boolean | undefined;

  /** Whether nothing behind this request is read as HTTP. Decided once, when its headers are there. */
  get upgrade(): boolean {
    this.stops ??=
      (this.asked === true && (this.method === 'CONNECT' || isWebSocket(this.headers))) ||
      countUnanswered(this.socket) >= MAX_UNANSWERED ||
      sizeProblem(this) !== undefined;
    return this.stops;
  }

  set upgrade(asked: boolean | null) {
    this.asked = asked;
  }
}

/** The answer to a request, also the one that Node gives by itself. */
export class CountedResponse extends ServerResponse<BoundedRequest> {
  constructor(...args: ConstructorParameters<typeof ServerResponse<BoundedRequest>>) {
    super(...args);
    const { socket } = this.req;
    add(socket, 1);
    // Those that are answered while the same piece is being read count as well.
    this.once('close', () => setImmediate(add, socket, -1));
  }
}
