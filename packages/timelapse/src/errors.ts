import { codeOf, FramehubError, maskedText } from '@framehub/frame';

/** An option with an impossible value: what, which value, what is allowed. */
export function badOption(option: string, value: unknown, allowed: string): FramehubError {
  return wrongOption(option, `${option} ${maskedText(String(value))} is not possible: allowed is ${allowed}`);
}

/** Options that are wrong in another way, such as two that exclude one another. */
export function wrongOption(option: string, message: string): FramehubError {
  return new FramehubError('TIMELAPSE_INVALID_OPTION', message, { option });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'there is a file of this name',
  EROFS: 'the disk is read-only',
  EIO: 'the disk has a fault',
};

/** Why a file or folder cannot be used, for people. */
export function fileProblem(error: unknown): string {
  return REASONS[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
}

/** A write that failed: `TIMELAPSE_DISK_FULL` where there is no room, `TIMELAPSE_UNWRITABLE` for all other reasons. */
export function unwritable(path: string, error: unknown): FramehubError {
  if (isFull(error))
    return new FramehubError('TIMELAPSE_DISK_FULL', `the disk is full: ${path} was not written; make room`, { path });
  return new FramehubError('TIMELAPSE_UNWRITABLE', `${path} cannot be written: ${fileProblem(error)}`, { path });
}

/** No room on the disk, or none left for this user. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'TIMELAPSE_DISK_FULL'].includes(codeOf(error) ?? '');
}

export function unreadable(path: string, error: unknown): FramehubError {
  return new FramehubError('TIMELAPSE_UNREADABLE', `${path} cannot be read: ${fileProblem(error)}`, { path });
}
