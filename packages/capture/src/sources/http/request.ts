import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { codeOf, FramehubError, recordOf } from '@framehub/frame';

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** For a connection and the answer's headers. */
const ANSWER_LIMIT_MS = 5000;

/**
 * Asks an address, following redirects, and resolves with an answer of status 200, whose body is still to come.
 * A user and password in the address are sent, but not to another host that redirects lead to.
 *
 * @param label what to call the address in errors
 * @param signal ends the request and the body
 */
export async function request(url: URL, label: string, signal: AbortSignal): Promise<IncomingMessage> {
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await ask(at, label, signal);
    const status = answer.statusCode ?? 0;
    if (status === 200) return answer;
    answer.destroy();
    const { location } = answer.headers;
    if (!REDIRECTS.includes(status) || !location) throw refused(status, label);
    at = redirected(at, location, label);
  }
  throw new FramehubError('CAPTURE_HTTP_STATUS', `${label} redirects more than ${MAX_REDIRECTS} times`, { label });
}

function ask(url: URL, label: string, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? httpsGet : httpGet;
  const { username, password } = url;
  // Node unescapes them too, and throws at a bare per cent sign.
  const address = new URL(url);
  [address.username, address.password] = ['', ''];
  const auth = username || password ? `${unescaped(username)}:${unescaped(password)}` : undefined;
  const headers = { accept: 'multipart/x-mixed-replace, image/jpeg', 'user-agent': 'framehub' };
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(failure(label, `no answer within ${ANSWER_LIMIT_MS / 1000} s`));
      asked.destroy();
    }, ANSWER_LIMIT_MS);
    const asked = get(address, { headers, signal, agent: false, ...(auth !== undefined && { auth }) }, (answer) => {
      clearTimeout(limit);
      resolve(answer);
    });
    asked.on('error', (error) => {
      clearTimeout(limit);
      reject(failure(label, reasonOf(error)));
    });
  });
}

function redirected(from: URL, location: string, label: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.protocol !== 'http:' && to?.protocol !== 'https:')
    throw new FramehubError('CAPTURE_HTTP_STATUS', `${label} redirects to what is no http or https address`, { label });
  if (to.host === from.host && !to.username) [to.username, to.password] = [from.username, from.password];
  return to;
}

function refused(status: number, label: string): FramehubError {
  if (status === 401 || status === 403)
    return new FramehubError(
      'CAPTURE_HTTP_UNAUTHORIZED',
      `${label} wants another user or password (status ${status}): write them into the address, http://user:password@…`,
      { label, status },
    );
  return new FramehubError('CAPTURE_HTTP_STATUS', `${label} answers with status ${status} instead of pictures`, {
    label,
    status,
  });
}

/** A user or password as it was meant; one with a bare `%` is left as it is written. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this port',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the other side has hung up',
};

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error) ?? ''] ?? recordOf(error).message;
}

/** The connection was refused, cut or silent. */
export function failure(label: string, why: string): FramehubError {
  return new FramehubError('CAPTURE_HTTP_FAILED', `${label}: ${why}`, { label });
}
