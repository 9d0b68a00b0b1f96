import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { codeOf, FramehubError, maskedAddress, recordOf } from '@framehub/frame';
import type { HttpOptions } from '../../options.js';
import { TickTimeout } from '../../tick-timeout.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** For the connection and the response's headers. */
const RESPONSE_TIMEOUT_MS = 5000;

/**
 * Sends a GET request, following redirects, and resolves with a response of status 200, whose body is still to come.
 * User and password are sent as long as redirects stay with the camera: after the first that leads to another server they are not
 * sent any more, and those in a redirect's address are not used.
 *
 * @param url without user and password
 * @param auth `user:password`, if any
 * @param label what to call the address in errors
 * @param signal ends the request and the body
 */
export async function request(
  url: URL,
  auth: string | undefined,
  label: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let at = url;
  let shared = auth;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await ask(at, shared, label, signal);
    const status = answer.statusCode ?? 0;
    if (status === 200) return answer;
    answer.destroy();
    const { location } = answer.headers;
    if (!REDIRECTS.includes(status) || !location) throw refused(status, label, auth === shared ? undefined : at);
    const to = redirected(at, location, label);
    if (!isSameCamera(at, to)) shared = undefined;
    at = to;
  }
  throw new FramehubError('CAPTURE_HTTP_STATUS', `${label} redirects more than ${MAX_REDIRECTS} times`, { label });
}

function ask(url: URL, auth: string | undefined, label: string, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? httpsGet : httpGet;
  const headers = { accept: 'multipart/x-mixed-replace, image/jpeg', 'user-agent': 'framehub' };
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers, signal, agent: false, ...(auth !== undefined && { auth }) }, (answer) => {
      limit.cancel();
      resolve(answer);
    });
    const limit = new TickTimeout(RESPONSE_TIMEOUT_MS, () => {
      reject(failure(label, `no answer within ${RESPONSE_TIMEOUT_MS / 1000} s`));
      asked.destroy();
    });
    asked.on('error', (error) => {
      limit.cancel();
      reject(failure(label, reasonOf(error)));
    });
  });
}

function redirected(from: URL, location: string, label: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.protocol !== 'http:' && to?.protocol !== 'https:')
    throw new FramehubError('CAPTURE_HTTP_STATUS', `${label} redirects to an address that is neither http nor https`, {
      label,
    });
  [to.username, to.password] = ['', ''];
  return to;
}

/** The same server, or its https side: both at their usual ports. */
function isSameCamera(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const isUsual = from.port === '' && to.port === '' && from.hostname === to.hostname;
  return isUsual && from.protocol === 'http:' && to.protocol === 'https:';
}

/** @param redirectedTo where redirects have led, if the password was not sent there */
function refused(status: number, label: string, redirectedTo: URL | undefined): FramehubError {
  const isLocked = status === 401 || status === 403;
  if (isLocked && redirectedTo)
    return new FramehubError(
      'CAPTURE_HTTP_UNAUTHORIZED',
      `${label} redirects to ${maskedAddress(redirectedTo)}, which requires a password, and that is never sent to another server: give its address in place of this one`,
      { label, status },
    );
  if (isLocked)
    return new FramehubError(
      'CAPTURE_HTTP_UNAUTHORIZED',
      `${label} requires another user or password (status ${status}): write them into the address, http://user:password@…, or give username and passwordFile`,
      { label, status },
    );
  return new FramehubError('CAPTURE_HTTP_STATUS', `${label} answers with status ${status} instead of images`, {
    label,
    status,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens on this port',
  ENOTFOUND: 'there is no host with this name',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was reset',
};

/** Why a connection failed, human-readable. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error) ?? ''] ?? recordOf(error).message;
}

/** The connection was refused, cut or silent. */
export function failure(label: string, why: string): FramehubError {
  return new FramehubError('CAPTURE_HTTP_FAILED', `${label}: ${why}`, { label });
}

/** User and password for basic authentication, as `user:password`; undefined where there is neither. */
export function basicAuth({ url, username, password }: HttpOptions): string | undefined {
  const address = new URL(url);
  const user = username ?? decoded(address.username);
  const secret = password ?? decoded(address.password);
  return user === '' && secret === '' ? undefined : `${user}:${secret}`;
}

/** Decoded; a part with a bare `%`, for which Node throws, is used as written. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
