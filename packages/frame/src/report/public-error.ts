import { recordOf } from '../errors.js';
import type { ErrorReport } from './status.js';

/** Whether a thrown value is none of our errors, but a fault of this program. */
export function isFault(error: unknown): boolean {
  return !(error instanceof Error) || error.name !== 'FramehubError';
}

/**
 * Any thrown value as a stranger may be told of it: one line. The text of a fault may tell more than that, so it stays in
 * the log.
 * @param fault the code that a fault has where it is told
 */
export function publicError(error: unknown, fault: string): ErrorReport {
  if (isFault(error)) return { code: fault, message: 'something went wrong here: the log of framehub says what' };
  const { code, message } = recordOf(error);
  return { code, message: message.split('\n', 1)[0] ?? '' };
}
