import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { FramehubError, shownValue } from '@framehub/frame';
import type { Target } from './target.js';

/**
 * Which pages of other origins may use the answers. `*`: any page may read. A list of origins: these pages may read and
 * change settings. False: no page of another origin.
 */
export type CorsPolicy = '*' | readonly string[] | false;

/** A user for basic authentication. */
export interface Credential {
  /** Without a colon. */
  readonly name: string;
  readonly password: string;
}

export interface AccessRules {
  /** Checks names and passwords; undefined admits every client. */
  readonly guard: CredentialGuard | undefined;
  readonly cors: CorsPolicy;
  /** Public names under which settings may be changed. */
  readonly hosts: readonly string[];
}

/** What an admitted client may do. */
export interface Admission {
  /** Whether it may change settings. */
  readonly canControl: boolean;
}

/** Methods that change nothing. */
const READING_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const READING = READING_METHODS.join(', ');
const CHANGING = `${READING}, PATCH`;

/**
 * Decides what a client may do: the one place that every request passes, whatever its method and protocol.
 *
 * It decides by what the request has been resolved to, never by the spelling of its address. If there are credentials,
 * everything needs them, also the answer that there is nothing, which may name cameras. Only preflight requests and
 * routes that declare themselves `open` need none.
 *
 * @throws FramehubError `HTTP_UNAUTHORIZED`, `HTTP_HOST_NOT_ALLOWED`, `HTTP_ORIGIN_NOT_ALLOWED`
 */
export function admit(
  { guard, cors, hosts }: AccessRules,
  target: Target,
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
): Admission {
  if (isOpen(target)) return { canControl: false };
  if (guard && !guard.admits(headers.authorization)) {
    throw new FramehubError('HTTP_UNAUTHORIZED', 'name and password are needed: send them by basic authentication');
  }
  // Credentials protect as well as a host name: a browser does not send them to another name.
  const isTrustedHost = guard !== undefined || isOwnName(headers.host, hosts);
  if (target.kind === 'upgrade') return { canControl: mayConnect(cors, headers, guard !== undefined) && isTrustedHost };
  if (isTrustedHost || READING_METHODS.includes(method)) return { canControl: isTrustedHost };
  throw new FramehubError(
    'HTTP_HOST_NOT_ALLOWED',
    `settings cannot be changed under the name ${shownValue(headers.host ?? '')}, which could be a foreign page's: use the address of this machine, or list the name under http.hosts in the configuration`,
    { host: headers.host },
  );
}

/** Preflight requests, which have no content, and open routes, under their exact path only. */
function isOpen(target: Target): boolean {
  return target.kind === 'preflight' || (target.kind === 'route' && target.literal && target.found.route.open === true);
}

/** Whether a page may change settings over a connection that stays open; without that right it may read, as by GET. */
function mayConnect(cors: CorsPolicy, { origin, host }: IncomingMessage['headers'], guarded: boolean): boolean {
  const rights = rightsOf(cors, origin, host, guarded);
  if (rights !== 'none') return rights === 'change';
  throw new FramehubError(
    'HTTP_ORIGIN_NOT_ALLOWED',
    `pages of ${shownValue(origin ?? '')} may not connect: list that origin under http.cors in the configuration`,
  );
}

/**
 * What a page may do over a connection that stays open. Browsers let any page open one, without a preflight request. As for
 * requests: `*` lets any page read, unless there are credentials, which the browser would send for it; listed pages may
 * change settings, and so may pages of this server and programs that are not browsers.
 */
function rightsOf(
  policy: CorsPolicy,
  origin: string | undefined,
  host: string | undefined,
  guarded: boolean,
): 'change' | 'read' | 'none' {
  if (origin === undefined || isSameOrigin(origin, host)) return 'change';
  if (policy === '*') return guarded ? 'none' : 'read';
  return policy !== false && policy.includes(origin) ? 'change' : 'none';
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/**
 * Sets the headers by which browsers know which pages of other origins may use a response.
 *
 * With `*` any page may fetch frames, as dashboards on other ports must, but never with credentials that the browser
 * remembers, and never to change a setting: only listed origins may do that.
 */
export function setCorsHeaders(policy: CorsPolicy, req: IncomingMessage, res: ServerResponse): void {
  // It also says which pages may show an image without reading it.
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

/** Answers OPTIONS, which browsers send without credentials. */
export function answerPreflight(policy: CorsPolicy, res: ServerResponse): void {
  res.setHeader('Allow', CHANGING);
  if (policy !== false) {
    res.setHeader('Access-Control-Allow-Methods', policy === '*' ? READING : CHANGING);
    res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, If-None-Match');
    res.setHeader('Access-Control-Max-Age', '86400');
  }
  res.writeHead(204).end();
}

/**
 * Basic authentication (RFC 7617). It compares digests of equal length, always all of them, in constant time: the time of
 * an answer reveals nothing about names or passwords.
 */
export class CredentialGuard {
  readonly #digests: readonly Buffer[];

  constructor(credentials: readonly Credential[]) {
    this.#digests = credentials.map(({ name, password }) => digest(`${name}:${password}`));
  }

  /** @param authorization the header of that name */
  admits(authorization: string | undefined): boolean {
    const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1] ?? '';
    const given = digest(Buffer.from(encoded, 'base64'));
    return this.#digests.map((known) => timingSafeEqual(known, given)).includes(true);
  }
}

function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Endings that no public name has: RFC 6761, 6762, 8375, ICANN's `.internal`, and what routers assign. */
const LOCAL_SUFFIXES = ['.localhost', '.local', '.lan', '.home.arpa', '.internal'];

/**
 * Guards against DNS rebinding: a foreign page whose name is made to resolve to this machine is of the same origin for its
 * browser, and could change settings. It cannot send another name than its own. So public names count as foreign unless
 * they are listed; addresses and names that cannot be registered in public do not.
 *
 * @param host the header of that name. Every browser sends one
 * @param listed further names in lower case; `.example.com` is that one and all below it
 */
function isOwnName(host: string | undefined, listed: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = nameOf(host);
  return isLocal(name) || listed.some((known) => covers(known, name));
}

/** Without the port, the brackets of IPv6, and the dot at the end that changes nothing. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isLocal(name: string): boolean {
  return (
    isIP(name) !== 0 ||
    !name.includes('.') ||
    name === hostname().toLowerCase() ||
    LOCAL_SUFFIXES.some((suffix) => name.endsWith(suffix))
  );
}

function covers(known: string, name: string): boolean {
  return known.startsWith('.') ? `.${name}`.endsWith(known) : name === known;
}
