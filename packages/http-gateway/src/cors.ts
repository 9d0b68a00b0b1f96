import type { IncomingMessage, ServerResponse } from 'node:http';

/** `*`: any page may look. A list: these pages may look and change. False: no page but our own. */
export type CorsPolicy = '*' | readonly string[] | false;

const READING = 'GET, HEAD, OPTIONS';
const CHANGING = `${READING}, PATCH`;

/**
 * Tells browsers which foreign pages may use this answer.
 *
 * With `*` any page may fetch pictures, as dashboards on other ports must, but never with a password that the browser
 * remembers and never to change a setting: only origins listed by name may do that.
 */
export function allowOrigins(policy: CorsPolicy, req: IncomingMessage, res: ServerResponse): void {
  // It also says which pages may show a picture without reading it.
  res.setHeader('Cross-Origin-Resource-Policy', policy === false ? 'same-origin' : 'cross-origin');
  if (policy === false) return;
  res.setHeader('Access-Control-Expose-Headers', 'ETag, X-Timestamp, X-Framehub-Placeholder');
  if (policy === '*') {
    res.setHeader('Access-Control-Allow-Origin', '*');
    return;
  }
  res.setHeader('Vary', 'Origin');
  const origin = req.headers.origin;
  if (origin === undefined || !policy.includes(origin)) return;
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Allow-Credentials', 'true');
}

/**
 * What a page may do over a connection that stays: a socket is not asked for leave again, and browsers let any page open
 * one. As with requests: `*` lets any page look, as long as no password is in play, which the browser would send unasked;
 * listed pages may change things, and so may our own and programs that are no browsers.
 */
export function rightsOf(
  policy: CorsPolicy,
  origin: string | undefined,
  host: string | undefined,
  guarded: boolean,
): 'change' | 'look' | 'none' {
  if (origin === undefined || isOwn(origin, host)) return 'change';
  if (policy === '*') return guarded ? 'none' : 'look';
  return policy !== false && policy.includes(origin) ? 'change' : 'none';
}

function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** Answers OPTIONS, which browsers send without a password. */
export function answerPreflight(policy: CorsPolicy, res: ServerResponse): void {
  res.setHeader('Allow', CHANGING);
  if (policy !== false) {
    res.setHeader('Access-Control-Allow-Methods', policy === '*' ? READING : CHANGING);
    res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, If-None-Match');
    res.setHeader('Access-Control-Max-Age', '86400');
  }
  res.writeHead(204).end();
}
