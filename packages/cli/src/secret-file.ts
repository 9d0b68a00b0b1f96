import { readFileSync, statSync } from 'node:fs';
import { FramehubError, type Logger } from '@framehub/frame';
import { fileProblem } from './errors.js';

/**
 * Reads a file that holds a password and nothing else. Messages never hold it.
 * @param key the setting that names the file
 * @throws `CLI_FILE_UNREADABLE`, also for an empty one
 */
export function readPasswordFile(file: string, key: string, logger: Logger): string {
  const password = readNamedFile(file, key).replace(/\r?\n$/, '');
  warnOfReaders(file, logger);
  if (password === '' || password.includes('\n'))
    throw new FramehubError('CLI_FILE_UNREADABLE', `${key}: ${file} has to hold one line, the password`, { key, file });
  return password;
}

/** Reads a file that a setting names. @throws `CLI_FILE_UNREADABLE` */
export function readNamedFile(file: string, key: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new FramehubError('CLI_FILE_UNREADABLE', `${key}: ${file} cannot be read: ${fileProblem(error)}`, {
      key,
      file,
    });
  }
}

/** Says so when a file with passwords is not for its owner only. */
export function warnOfReaders(file: string, logger: Logger): void {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0)
    logger.warn({}, `everyone on this machine can read the passwords in ${file}: chmod 600 ${file}`);
}
