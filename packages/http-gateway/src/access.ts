import type { IncomingMessage } from 'node:http';
import { FramehubError } from '@framehub/frame';
import { shorten } from './address.js';
import { type CorsPolicy, rightsOf } from './cors.js';
import type { Guard } from './credentials.js';
import { isOwnName } from './host-names.js';
import type { Target } from './target.js';

/** Methods that change nothing. */
const READING: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export interface AccessRules {
  /** Who may come in; anybody when undefined. */
  readonly guard: Guard | undefined;
  readonly cors: CorsPolicy;
  /** Public names under which settings may be changed. */
  readonly hosts: readonly string[];
}

/** What a client that was let in may do. */
export interface Admission {
  /** Whether settings may be changed. */
  readonly mayChange: boolean;
}

/**
 * Decides what a client may have: the one place that every request passes, whatever its method and protocol.
 *
 * It looks at what the request has been resolved to, never at how its address is spelled. Everything needs a password where
 * there is one, also the answer that there is nothing, which may name cameras; what does not, says so itself.
 *
 * @throws FramehubError `HTTP_UNAUTHORIZED`, `HTTP_HOST_NOT_ALLOWED`, `HTTP_ORIGIN_NOT_ALLOWED`
 */
export function admit(
  { guard, cors, hosts }: AccessRules,
  target: Target,
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
): Admission {
  if (isOpen(target)) return { mayChange: false };
  if (guard && !guard.admits(headers.authorization)) {
    throw new FramehubError('HTTP_UNAUTHORIZED', 'name and password are needed: send them by basic authentication');
  }
  // A password does as well as a name: the browser does not send it under a foreign one.
  const isOurs = guard !== undefined || isOwnName(headers.host, hosts);
  if (target.kind === 'upgrade') return { mayChange: mayConnect(cors, headers, guard !== undefined) && isOurs };
  if (isOurs || READING.includes(method)) return { mayChange: isOurs };
  throw new FramehubError(
    'HTTP_HOST_NOT_ALLOWED',
    `nothing is changed under the name ${shorten(headers.host ?? '')}, which could be a foreign page's: use the address of this machine, or list the name under http.hosts in the configuration`,
    { host: headers.host },
  );
}

/** What is for everybody: an answer without content, and routes that are open, under their own name only. */
function isOpen(target: Target): boolean {
  return target.kind === 'preflight' || (target.kind === 'route' && target.literal && target.found.route.open === true);
}

/** Whether a page may change things over a connection that stays; under a foreign name it may look, as it may by GET. */
function mayConnect(cors: CorsPolicy, { origin, host }: IncomingMessage['headers'], guarded: boolean): boolean {
  const rights = rightsOf(cors, origin, host, guarded);
  if (rights !== 'none') return rights === 'change';
  throw new FramehubError(
    'HTTP_ORIGIN_NOT_ALLOWED',
    `pages of ${shorten(origin ?? '')} may not connect: list that origin under http.cors in the configuration`,
  );
}
