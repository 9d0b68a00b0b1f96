import type { WebSocket } from 'ws';

/** Milliseconds for the closing handshake. A client that reads nothing cannot answer it. */
const CLOSE_TIMEOUT_MS = 500;

/** Close codes of RFC 6455, section 7.4.1, and of its registry. */
export const GOING_AWAY = 1001;
export const POLICY_VIOLATION = 1008;
export const TRY_AGAIN_LATER = 1013;

/** Closes a connection, with a close code and a reason for the client. */
export type CloseConnection = (code: number, reason: string) => void;

/** Bytes that RFC 6455 allows for a reason; ws throws beyond. */
const MAX_REASON_BYTES = 123;

/** Starts the closing handshake, and ends the connection without it after a time limit. */
export function closePeer(peer: WebSocket, code: number, reason: string): void {
  const bytes = Buffer.from(reason);
  // The decoder puts U+FFFD in the place of a character that was cut.
  const text =
    bytes.length <= MAX_REASON_BYTES ? reason : bytes.toString('utf8', 0, MAX_REASON_BYTES - 3).replace(/\ufffd$/, '');
  peer.close(code, text);
  // A paused peer would never read the client's answer.
  peer.resume();
  const timer = setTimeout(() => peer.terminate(), CLOSE_TIMEOUT_MS);
  peer.once('close', () => clearTimeout(timer));
}
