import type { Socket } from 'node:net';
import type { LoopMember, LoopTurns } from '@framehub/frame';
import type { WebSocket } from 'ws';

/** Bytes that are handed on at a time: a usual message, or twenty of the smallest. */
const BYTES_A_TURN = 128;

/**
 * Hands what a client sends to ws a little at a time, in turn with what others send. In one piece there may be ten thousand
 * messages, which ws would work off before anybody else has a turn, or, with its `allowSynchronousEvents: false`, one a turn
 * for minutes after the connection has gone. Here they end with the socket.
 *
 * @param peer has the socket, and has not been handed anything yet
 * @param head bytes that came with the request
 */
export function readInTurns(turns: LoopTurns, peer: WebSocket, socket: Socket, head: Buffer): void {
  const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
  socket.removeAllListeners('data');
  const handOn = (piece: Buffer): void => {
    for (const listener of listeners) listener.call(socket, piece);
  };
  let waiting: Buffer | undefined;
  const member: LoopMember = {
    step() {
      // Of a client whose answers wait to be taken nothing is read until they are.
      if (!waiting || peer.isPaused) return false;
      const piece = waiting.subarray(0, BYTES_A_TURN);
      waiting = waiting.length > BYTES_A_TURN ? waiting.subarray(BYTES_A_TURN) : undefined;
      handOn(piece);
      if (!waiting && !peer.isPaused) socket.resume();
      return waiting !== undefined;
    },
  };
  const wait = (): void => {
    socket.pause();
    turns.add(member);
  };
  const take = (chunk: Buffer): void => {
    if (!waiting && chunk.length <= BYTES_A_TURN && !peer.isPaused) {
      handOn(chunk);
      return;
    }
    waiting = waiting ? Buffer.concat([waiting, chunk]) : chunk;
    wait();
  };
  socket.on('data', take);
  // ws resumes the socket when answers have been taken.
  socket.on('resume', () => {
    if (waiting) wait();
  });
  // Before ws, which would read all that is left.
  socket.prependListener('close', () => {
    turns.remove(member);
    waiting = undefined;
    socket.read();
  });
  if (head.length > 0) take(head);
}
