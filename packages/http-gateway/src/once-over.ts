import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Calls the listener, once, when an answer has gone out or its connection is gone. Node says nothing of the second where the
 * answer waits behind another of the same connection.
 */
export function onceOver(res: ServerResponse, socket: Socket, listener: () => void): void {
  const over = (): void => {
    res.off('close', over);
    socket.off('close', over);
    listener();
  };
  res.on('close', over);
  socket.on('close', over);
}
