import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '@framehub/frame';
import { type AccessRules, admit } from './access.js';
import { shorten } from './address.js';
import type { Clients } from './clients.js';
import { answerRoute, type Router } from './control/router.js';
import { allowOrigins, answerPreflight } from './cors.js';
import { problemOf, sendProblem } from './problem.js';
import type { Snapshots } from './snapshots.js';
import type { Streams } from './stream/streams.js';
import { resolveTarget } from './target.js';

export interface FrontContext extends AccessRules {
  readonly streams: Streams;
  readonly snapshots: Snapshots;
  /** The page and the control API. */
  readonly router: Router;
  readonly clients: Clients;
  readonly logger: Logger;
  /** Names of the cameras, in their order. */
  cameras(): readonly string[];
}

/** The one handler of all requests: where to, who may come in, and what is said when that fails. */
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
  const { streams, snapshots, router, clients, cors, cameras } = context;
  const { method = 'GET', url = '/' } = req;
  res.setHeader('X-Content-Type-Options', 'nosniff');
  allowOrigins(cors, req, res);
  const target = resolveTarget(method, url, cameras(), router);
  // A body that nobody reads would be kept until the answer.
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
