import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { FramehubError, type Logger } from '@framehub/frame';
import { resolveAddress, shorten } from './address.js';
import type { Router } from './control/router.js';
import { allowOrigins, answerPreflight, type CorsPolicy } from './cors.js';
import type { Guard } from './credentials.js';
import { assertOwnName } from './host-names.js';
import { problemOf, sendProblem } from './problem.js';
import type { Snapshots } from './snapshot/snapshots.js';
import type { Streams } from './stream/streams.js';

/** What needs no password, cache busters and all. Whatever else stands there is nobody's business without one. */
const HEALTH = /^\/healthz\/?(?:[?&]|$)/;

/** Methods that change nothing. */
const READING: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export interface FrontContext {
  readonly streams: Streams;
  readonly snapshots: Snapshots;
  /** The page and the control API. */
  readonly control: Router;
  readonly guard: Guard | undefined;
  readonly cors: CorsPolicy;
  /** Public names under which settings may be changed. */
  readonly hosts: readonly string[];
  readonly logger: Logger;
  /** Names of the cameras, in their order. */
  cameras(): readonly string[];
}

/** The one handler of all requests: who may come in, where to, and what is said when that fails. */
export function front(context: FrontContext): RequestListener {
  return (req, res) => {
    // Nobody asks for a second answer behind a stream that never ends.
    if (context.streams.carries(req.socket)) {
      req.socket.destroy();
      return;
    }
    res.on('error', () => res.destroy());
    answer(context, req, res).catch((error: unknown) => {
      if (problemOf(error).status === 500)
        context.logger.error({ url: shorten(req.url ?? ''), err: error }, 'a request failed');
      sendProblem(res, error);
    });
  };
}

async function answer(context: FrontContext, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { streams, snapshots, control, guard, cors } = context;
  const { method = 'GET', url = '/' } = req;
  res.setHeader('X-Content-Type-Options', 'nosniff');
  allowOrigins(cors, req, res);
  // Browsers send no password with it.
  if (method === 'OPTIONS') return answerPreflight(cors, res);
  // A supervisor that asks whether the process lives has no password.
  if (guard && !guard.admits(req.headers.authorization) && !HEALTH.test(url)) {
    throw new FramehubError('HTTP_UNAUTHORIZED', 'name and password are needed: send them by basic authentication');
  }
  // A password does as well: the browser does not send it under a foreign name.
  if (!guard && !READING.includes(method)) assertOwnName(req.headers.host, context.hosts);
  const address = resolveAddress(url, context.cameras());
  if (address.kind === 'control') return control.answer(req, res, address.path);
  if (method !== 'GET' && method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD, OPTIONS');
    throw new FramehubError('HTTP_METHOD_NOT_ALLOWED', `${shorten(method)} is not possible here: use GET`);
  }
  if (address.kind === 'stream') return streams.open(req, res, address.camera, address.query);
  return snapshots.answer(req, res, address.camera, address.query);
}
