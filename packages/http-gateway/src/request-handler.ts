import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Logger, shownValue } from '@framehub/frame';
import { type AccessRules, admit, answerPreflight, setCorsHeaders } from './access.js';
import type { Clients } from './clients.js';
import { answerRoute, type Router } from './control/router.js';
import { problemOf, sendProblem } from './problem.js';
import type { Snapshots } from './snapshots.js';
import type { Streams } from './stream/streams.js';
import { resolveTarget } from './target.js';

export interface RequestContext extends AccessRules {
  readonly streams: Streams;
  readonly snapshots: Snapshots;
  /** The page and the control API. */
  readonly router: Router;
  readonly clients: Clients;
  readonly logger: Logger;
  /** Names of the cameras, in the order of the hub. */
  cameras(): readonly string[];
}

/** The listener for all requests: resolves what is asked for, checks whether the client may have it, and answers. */
export function requestHandler(context: RequestContext): RequestListener {
  return (req, res) => {
    // A stream never ends, so a second request on its connection would never be answered.
    if (context.streams.carries(req.socket)) {
      req.socket.destroy();
      return;
    }
    res.on('error', () => res.destroy());
    answer(context, req, res).catch((error: unknown) => {
      if (problemOf(error).status === 500)
        context.logger.error({ url: shownValue(req.url ?? ''), err: error }, 'a request failed');
      sendProblem(res, error);
    });
  };
}

async function answer(context: RequestContext, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { streams, snapshots, router, clients, cors, cameras } = context;
  const { method = 'GET', url = '/' } = req;
  res.setHeader('X-Content-Type-Options', 'nosniff');
  setCorsHeaders(cors, req, res);
  const target = resolveTarget(method, url, cameras(), router);
  // A body that is not read would stay in memory until the answer.
  if (target.kind !== 'route' || !target.found.route.body) req.resume();
  admit(context, target, req);
  switch (target.kind) {
    case 'preflight':
      return answerPreflight(cors, res);
    case 'stream':
      return streams.open(req, res, target, clients.keyOf(req));
    case 'snapshot':
      return snapshots.answer(req, res, target, clients.keyOf(req));
    case 'route':
      return answerRoute(req, res, target.found);
    case 'nothing':
      throw target.error;
  }
}
