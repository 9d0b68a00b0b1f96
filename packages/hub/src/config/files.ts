import { readFileSync, statSync } from 'node:fs';
import { codeOf, FramehubError, type Logger } from '@framehub/frame';

/** Variables of the process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Why a file could not be read or written, in words. */
export function fileProblem(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is not a folder',
    ENOSPC: 'the disk is full',
    EPIPE: 'the reader has closed it',
    EROFS: 'the disk is read-only',
  };
  const reason = reasons[codeOf(error) ?? ''];
  return reason ?? (error instanceof Error ? error.message : String(error));
}

/** Reads a file that a setting names. @throws `CONFIG_FILE_UNREADABLE` */
export function readNamedFile(file: string, key: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw unreadable(file, key, error);
  }
}

function unreadable(file: string, key: string, cause: unknown): FramehubError {
  const message = `${key}: ${file} cannot be read: ${fileProblem(cause)}`;
  return new FramehubError('CONFIG_FILE_UNREADABLE', message, { key, file }, { cause });
}

/**
 * Reads a file that holds a password and nothing else. Messages never hold the password.
 *
 * @param key the setting that names the file
 * @throws `CONFIG_FILE_UNREADABLE`, also for an empty file
 */
export function readPasswordFile(file: string, key: string, logger: Logger): string {
  const password = readNamedFile(file, key).replace(/\r?\n$/, '');
  warnOfReaders(file, logger);
  if (password === '' || password.includes('\n'))
    throw new FramehubError('CONFIG_FILE_UNREADABLE', `${key}: ${file} must hold one line, the password`, {
      key,
      file,
    });
  return password;
}

/** Warns when other users of this machine can read a file with passwords. */
export function warnOfReaders(file: string, logger: Logger): void {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0)
    logger.warn({}, `everyone on this machine can read the passwords in ${file}: chmod 600 ${file}`);
}

/** A user of the HTTP gateway. */
export interface Credential {
  readonly name: string;
  readonly password: string;
}

/**
 * Reads a file with one `NAME:PASSWORD` per line. Empty lines and lines that begin with `#` are skipped. Messages never
 * hold a password.
 *
 * @throws `CONFIG_FILE_UNREADABLE`, `CONFIG_AUTH_FILE_INVALID` with the line
 */
export function readAuthFile(file: string, logger: Logger): Credential[] {
  const text = readNamedFile(file, 'http.authFile');
  warnOfReaders(file, logger);
  const credentials = text.split(/\r?\n/).flatMap((line, index) => readLine(line, `${file}:${index + 1}`));
  if (credentials.length === 0) throw invalid(file, 'it has no line NAME:PASSWORD, so no client would be admitted');
  return credentials;
}

function readLine(line: string, place: string): Credential[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const colon = line.indexOf(':');
  if (colon < 1) throw invalid(place, 'a line must be NAME:PASSWORD');
  const password = line.slice(colon + 1);
  if (password === '') throw invalid(place, 'the password is empty');
  return [{ name: line.slice(0, colon), password }];
}

function invalid(place: string, problem: string): FramehubError {
  return new FramehubError('CONFIG_AUTH_FILE_INVALID', `${place}: ${problem}`);
}
