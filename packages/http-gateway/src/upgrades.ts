import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { FramehubError, type Logger } from '@framehub/frame';
import { shorten } from './address.js';
import { type CorsPolicy, rightsOf } from './cors.js';
import type { Guard } from './credentials.js';
import { assertOwnName } from './host-names.js';
import { problemOf } from './problem.js';
import { writeProblem } from './raw-answer.js';
import type { LowWater } from './stream/low-water.js';

/** What takes connections that ask for another protocol on this port. */
export interface UpgradeHandler {
  /** Whether a request target is its own. */
  handles(url: string): boolean;
  /** Takes the connection over, or throws while nothing has been sent. */
  accept(req: IncomingMessage, socket: Socket, head: Buffer, admission: Admission): void;
  /** Ends the connections that it has. */
  close(): Promise<void>;
}

export interface Admission {
  /** Whether settings may be changed over the connection. */
  readonly mayChange: boolean;
}

export interface UpgradesContext {
  readonly handlers: readonly UpgradeHandler[];
  readonly guard: Guard | undefined;
  readonly cors: CorsPolicy;
  /** Public names under which settings may be changed. */
  readonly hosts: readonly string[];
  readonly lowWater: LowWater;
  readonly logger: Logger;
}

/** Hands requests for another protocol to who speaks it, once it is clear who asks and what they may do. */
export function takeUpgrades(server: Server, context: UpgradesContext): void {
  server.on('upgrade', (req: IncomingMessage, duplex, head: Buffer) => {
    const socket = duplex as Socket;
    // Until somebody has taken it over: an error there is the end of the connection, not of the process.
    const drop = (): void => void socket.destroy();
    socket.on('error', drop);
    try {
      const handler = context.handlers.find((candidate) => candidate.handles(req.url ?? '/'));
      const admission = admit(context, req);
      if (!handler)
        throw new FramehubError('HTTP_NOT_FOUND', `nothing is to be upgraded at ${shorten(req.url ?? '/')}`);
      context.lowWater(socket);
      handler.accept(req, socket, head, admission);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 500)
        context.logger.error({ url: shorten(req.url ?? ''), err: error }, 'an upgrade failed');
      writeProblem(socket, problem);
    }
  });
}

/** @throws FramehubError `HTTP_UNAUTHORIZED`, `HTTP_ORIGIN_NOT_ALLOWED` */
function admit({ guard, cors, hosts }: UpgradesContext, { headers }: IncomingMessage): Admission {
  if (guard && !guard.admits(headers.authorization)) {
    throw new FramehubError('HTTP_UNAUTHORIZED', 'name and password are needed: send them by basic authentication');
  }
  const rights = rightsOf(cors, headers.origin, headers.host, guard !== undefined);
  if (rights === 'none') {
    throw new FramehubError(
      'HTTP_ORIGIN_NOT_ALLOWED',
      `pages of ${shorten(headers.origin ?? '')} may not connect: list that origin under http.cors in the configuration`,
    );
  }
  return { mayChange: rights === 'change' && (guard !== undefined || isOwnName(headers.host, hosts)) };
}

/** Under a foreign name a page may look, as it may by GET, and change nothing. */
function isOwnName(host: string | undefined, hosts: readonly string[]): boolean {
  try {
    assertOwnName(host, hosts);
    return true;
  } catch {
    return false;
  }
}
