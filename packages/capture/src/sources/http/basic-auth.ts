import type { HttpOptions } from '../../options.js';

/** User and password for basic authentication, as `user:password`; undefined where there is neither. */
export function basicAuth({ url, username, password }: HttpOptions): string | undefined {
  const address = new URL(url);
  const user = username ?? unescaped(address.username);
  const secret = password ?? unescaped(address.password);
  return user === '' && secret === '' ? undefined : `${user}:${secret}`;
}

/** As it was meant; one with a bare `%`, at which Node throws, is left as it is written. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
