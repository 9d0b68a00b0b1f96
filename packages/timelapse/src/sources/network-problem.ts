import { codeOf } from '@framehub/frame';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to this host',
  ENETUNREACH: 'there is no way to this host',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'no answer',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
};

/** Why a connection failed, for people. */
export function networkProblem(error: unknown): string {
  // A name with several addresses fails with an error for each; a fetch, with the reason behind it.
  if (error instanceof AggregateError && error.errors.length > 0) return networkProblem(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return networkProblem(error.cause);
  return REASONS[codeOf(error) ?? ''] ?? tlsProblem(error.message) ?? (error.message || error.name);
}

/** OpenSSL's own lines are `…:SSL routines:FUNCTION:WHAT:FILE…`; an alert is what the other side says of us. */
function tlsProblem(message: string): string | undefined {
  const [, what] = /:SSL routines:[^:]*:([^:]+)/.exec(message) ?? [];
  const isOurs = what !== undefined && /alert .*(certificate|unknown ca|handshake failure)/.test(what);
  return isOurs ? `${what}: a certificate of ours is wanted` : what;
}
