import type { Socket } from 'node:net';
import type { LoopMember, LoopTurns } from '@framehub/frame';
import type { WebSocket } from 'ws';

/** Bytes passed on in one turn: one usual message, or twenty of the smallest. */
const BYTES_PER_TURN = 128;

/**
 * Passes the bytes of a client on to ws a few at a time, in turn with other clients. One piece may hold ten thousand
 * messages, which ws would handle before any other client has a turn; or, with `allowSynchronousEvents: false`, one a turn
 * for minutes after the connection has gone. Here they are discarded with the socket.
 *
 * @param peer has the socket, and has not been passed any bytes yet
 * @param head bytes that the client sent after its request
 */
export function readInTurns(turns: LoopTurns, peer: WebSocket, socket: Socket, head: Buffer): void {
  const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
  socket.removeAllListeners('data');
  const passOn = (piece: Buffer): void => {
    for (const listener of listeners) listener.call(socket, piece);
  };
  let unread: Buffer | undefined;
  const member: LoopMember = {
    step() {
      // A client that does not read its answers is not read either.
      if (!unread || peer.isPaused) return false;
      const piece = unread.subarray(0, BYTES_PER_TURN);
      unread = unread.length > BYTES_PER_TURN ? unread.subarray(BYTES_PER_TURN) : undefined;
      passOn(piece);
      if (!unread && !peer.isPaused) socket.resume();
      return unread !== undefined;
    },
  };
  const wait = (): void => {
    socket.pause();
    turns.add(member);
  };
  const receive = (chunk: Buffer): void => {
    if (!unread && chunk.length <= BYTES_PER_TURN && !peer.isPaused) {
      passOn(chunk);
      return;
    }
    unread = unread ? Buffer.concat([unread, chunk]) : chunk;
    wait();
  };
  socket.on('data', receive);
  // ws resumes the socket when answers were sent.
  socket.on('resume', () => {
    if (unread) wait();
  });
  // Before the listener of ws, which would read the rest.
  socket.prependListener('close', () => {
    turns.remove(member);
    unread = undefined;
    socket.read();
  });
  if (head.length > 0) receive(head);
}
