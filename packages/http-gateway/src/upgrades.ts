import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { FramehubError, type Logger, shownValue } from '@framehub/frame';
import { type AccessRules, type Admission, admit } from './access.js';
import { countUnanswered, sizeProblem } from './bounded-request.js';
import type { Clients } from './clients.js';
import { problemOf, writeProblem } from './problem.js';
import type { LimitUnsentBytes } from './stream/unsent-bytes.js';
import type { UpgradeTarget } from './target.js';

/** Serves WebSocket connections on the gateway's port. */
export interface UpgradeHandler {
  /** Whether a request target belongs to this handler. */
  handles(url: string): boolean;
  /** Takes the connection over, or throws while nothing has been sent. */
  accept(req: IncomingMessage, socket: Socket, head: Buffer, admission: UpgradeAdmission): void;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** What the client of an upgraded connection may do, and who it is. */
export interface UpgradeAdmission extends Admission {
  /** Key of the client, for limits that are shared between clients. */
  readonly client: string;
}

export interface UpgradesContext extends AccessRules {
  readonly handlers: readonly UpgradeHandler[];
  readonly clients: Clients;
  readonly limitUnsentBytes: LimitUnsentBytes;
  readonly logger: Logger;
}

/** Passes requests for WebSocket to their handler, once the client is admitted. */
export function handleUpgrades(server: Server, context: UpgradesContext): void {
  server.on('upgrade', (req: IncomingMessage, duplex, head: Buffer) => {
    const socket = duplex as Socket;
    // The protocol cannot change behind answers that have not been sent. Too many requests at once come here, too.
    if (countUnanswered(socket) > 0) {
      socket.destroy();
      return;
    }
    // Until a handler owns the socket, an error of it ends the connection and not the process.
    const drop = (): void => void socket.destroy();
    socket.on('error', drop);
    try {
      const target = resolveUpgrade(req.url ?? '/', context.handlers);
      const admission = admit(context, target, req);
      const problem = sizeProblem(req);
      if (problem) throw problem;
      if (target.kind === 'nothing') throw target.error;
      context.limitUnsentBytes(socket);
      target.handler.accept(req, socket, head, { ...admission, client: context.clients.keyOf(req) });
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 500)
        context.logger.error({ url: shownValue(req.url ?? ''), err: error }, 'an upgrade failed');
      writeProblem(socket, problem);
    }
  });
}

function resolveUpgrade(url: string, handlers: readonly UpgradeHandler[]): UpgradeTarget {
  const handler = handlers.find((candidate) => candidate.handles(url));
  if (handler) return { kind: 'upgrade', handler };
  const error = new FramehubError('HTTP_NOT_FOUND', `there is no WebSocket at ${shownValue(url)}`);
  return { kind: 'nothing', error };
}
