import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@framehub/frame';
import { type AccessRules, type Admission, admit } from './access.js';
import { shorten } from './address.js';
import { countUnanswered, sizeProblem } from './bounded-request.js';
import type { Clients } from './clients.js';
import { problemOf } from './problem.js';
import { writeProblem } from './raw-answer.js';
import type { LowWater } from './stream/low-water.js';
import { resolveUpgrade } from './target.js';

/** What takes connections that ask for WebSocket on this port. */
export interface UpgradeHandler {
  /** Whether a request target is its own. */
  handles(url: string): boolean;
  /** Takes the connection over, or throws while nothing has been sent. */
  accept(req: IncomingMessage, socket: Socket, head: Buffer, admission: UpgradeAdmission): void;
  /** Ends the connections that it has. */
  close(): Promise<void>;
}

export interface UpgradeAdmission extends Admission {
  /** Key of the client, for what is shared between clients. */
  readonly client: string;
}

export interface UpgradesContext extends AccessRules {
  readonly handlers: readonly UpgradeHandler[];
  readonly clients: Clients;
  readonly lowWater: LowWater;
  readonly logger: Logger;
}

/** Hands requests for WebSocket to who speaks it, once it is clear who asks and what they may do. */
export function takeUpgrades(server: Server, context: UpgradesContext): void {
  server.on('upgrade', (req: IncomingMessage, duplex, head: Buffer) => {
    const socket = duplex as Socket;
    // Behind answers that have not gone out nobody changes the protocol, and who asks for too many gets none.
    if (countUnanswered(socket) > 0) {
      socket.destroy();
      return;
    }
    // Until somebody has taken it over: an error there is the end of the connection, not of the process.
    const drop = (): void => void socket.destroy();
    socket.on('error', drop);
    try {
      const target = resolveUpgrade(req.url ?? '/', context.handlers);
      const admission = admit(context, target, req);
      const problem = sizeProblem(req);
      if (problem) throw problem;
      if (target.kind === 'nothing') throw target.error;
      context.lowWater(socket);
      target.handler.accept(req, socket, head, { ...admission, client: context.clients.keyOf(req) });
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 500)
        context.logger.error({ url: shorten(req.url ?? ''), err: error }, 'an upgrade failed');
      writeProblem(socket, problem);
    }
  });
}
