import type { WebSocket } from 'ws';

/** Milliseconds that a closing handshake gets. A client that takes nothing cannot answer it. */
const GRACE = 500;

/** RFC 6455, section 7.4.1, and its registry. */
export const GOING_AWAY = 1001;
export const POLICY_VIOLATION = 1008;
export const TRY_AGAIN_LATER = 1013;

/** Ends a connection, with what the other end is told. */
export type Farewell = (code: number, reason: string) => void;

/** Bytes that RFC 6455 leaves for a reason; ws throws beyond. */
const MAX_REASON = 123;

/** Ends a connection, soon in any case. */
export function farewell(peer: WebSocket, code: number, reason: string): void {
  // What is cut within a character is left out by the decoder.
  const bytes = Buffer.from(reason);
  const short = bytes.length <= MAX_REASON ? reason : bytes.toString('utf8', 0, MAX_REASON - 3).replace(/\ufffd$/, '');
  peer.close(code, short);
  // Nothing is read from it otherwise, the answer to this neither.
  peer.resume();
  const timer = setTimeout(() => peer.terminate(), GRACE);
  peer.once('close', () => clearTimeout(timer));
}
