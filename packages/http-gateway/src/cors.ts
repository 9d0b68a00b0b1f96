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
