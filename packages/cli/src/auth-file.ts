import { readFileSync } from 'node:fs';
import { FramehubError, type Logger } from '@framehub/frame';
import { fileProblem } from './errors.js';
import { warnOfReaders } from './secret-file.js';

export interface Credential {
  readonly name: string;
  readonly password: string;
}

/**
 * Reads a file with a line `NAME:PASSWORD` for each person; empty lines and those that begin with `#` are skipped.
 * Messages never hold a password.
 * @throws `CLI_AUTH_FILE_UNREADABLE`, `CLI_AUTH_FILE_INVALID` with the line
 */
export function readAuthFile(file: string, logger: Logger): Credential[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new FramehubError(
      'CLI_AUTH_FILE_UNREADABLE',
      `the password file ${file} cannot be read: ${fileProblem(error)}`,
    );
  }
  warnOfReaders(file, logger);
  const credentials = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => readLine(line, `${file}:${index + 1}`));
  if (credentials.length === 0) throw invalid(file, 'holds no line NAME:PASSWORD, so nobody could look');
  return credentials;
}

function readLine(line: string, place: string): Credential[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const colon = line.indexOf(':');
  if (colon < 1) throw invalid(place, 'a line is NAME:PASSWORD');
  const password = line.slice(colon + 1);
  if (password === '') throw invalid(place, 'the password is empty');
  return [{ name: line.slice(0, colon), password }];
}

function invalid(place: string, problem: string): FramehubError {
  return new FramehubError('CLI_AUTH_FILE_INVALID', `${place}: ${problem}`);
}
