import { codeOf, FramehubError, mustBe } from '@framehub/frame';

/** An option with a value that is not allowed. @param allowed what it may be, as a noun or a list */
export function invalidOption(option: string, allowed: string, value: unknown): FramehubError {
  return wrongOptions(option, mustBe(option, allowed, String(value)));
}

/** An option that is missing, or does not go with the others. @param message must not repeat a password */
export function wrongOptions(option: string, message: string): FramehubError {
  return new FramehubError('TIMELAPSE_INVALID_OPTION', message, { option });
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a file of this name exists',
  EROFS: 'the disk is read-only',
  EIO: 'the disk has a fault',
};

/** Why a file or folder cannot be used, human-readable. */
export function fileProblem(error: unknown): string {
  return FILE_PROBLEMS[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
}

/** A write that failed: `TIMELAPSE_DISK_FULL` if there is no space, else `TIMELAPSE_UNWRITABLE`. */
export function unwritable(path: string, error: unknown): FramehubError {
  if (isDiskFull(error)) return diskFull(path, { path });
  return new FramehubError('TIMELAPSE_UNWRITABLE', `${path} cannot be written: ${fileProblem(error)}`, { path });
}

/** @param path what could not be written */
export function diskFull(path: string, details: Readonly<Record<string, unknown>>): FramehubError {
  return new FramehubError(
    'TIMELAPSE_DISK_FULL',
    `the disk is full: ${path} was not written; free some space`,
    details,
  );
}

/** Whether the disk, or the user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'TIMELAPSE_DISK_FULL'].includes(codeOf(error) ?? '');
}

/** A read that failed. */
export function unreadable(path: string, error: unknown): FramehubError {
  return new FramehubError('TIMELAPSE_UNREADABLE', `${path} cannot be read: ${fileProblem(error)}`, { path });
}

const NETWORK_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was lost',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ETIMEDOUT: 'no answer',
  UND_ERR_SOCKET: 'the connection was lost',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
};

/** Why a connection failed, human-readable. */
export function networkProblem(error: unknown): string {
  // A name with several addresses fails with an error for each, and a fetch with the reason as its cause.
  if (error instanceof AggregateError && error.errors.length > 0) return networkProblem(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return networkProblem(error.cause);
  return NETWORK_PROBLEMS[codeOf(error) ?? ''] ?? tlsProblem(error.message) ?? (error.message || error.name);
}

/** OpenSSL's lines are `…:SSL routines:FUNCTION:WHAT:FILE…`. An alert comes from the other side. */
function tlsProblem(message: string): string | undefined {
  const [, what] = /:SSL routines:[^:]*:([^:]+)/.exec(message) ?? [];
  const isRefusal = what !== undefined && /alert .*(certificate|unknown ca|handshake failure)/.test(what);
  return isRefusal ? `${what}: the server requires a client certificate` : what;
}
