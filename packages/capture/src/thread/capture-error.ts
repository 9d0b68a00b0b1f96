import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { codeOf, FramehubError } from '@framehub/frame';

/** Characters of a message of somebody else's. */
const MOST_TEXT = 300;

/** Something that was thrown, in framehub's terms. */
export interface CaptureFailure {
  readonly error: FramehubError;
  /** For the log, if framehub did not foresee it: where it was thrown. */
  readonly place: string | undefined;
}

/** Anything that was thrown as a `CAPTURE_…` error: what is none becomes `CAPTURE_INTERNAL`. Never throws. */
export function captureFailure(thrown: unknown): CaptureFailure {
  try {
    if (thrown instanceof FramehubError && codeOf(thrown)?.startsWith('CAPTURE_'))
      return { error: cloneable(thrown), place: undefined };
  } catch {
    // An error of which not even the code can be read is one that nobody foresaw.
  }
  const reason = reasonOf(thrown);
  const place = placeOf(thrown);
  const error = new FramehubError('CAPTURE_INTERNAL', `a fault in framehub: ${reason}; please report it`, { reason });
  return { error, place };
}

/** The same error, fit to be sent to another thread. */
function cloneable(error: FramehubError): FramehubError {
  try {
    structuredClone(error.details);
    return error;
  } catch {
    return new FramehubError(error.code, error.message);
  }
}

function reasonOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown, INSPECT);
    const line = text.replace(/[\s\p{C}]+/gu, ' ');
    return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}…` : line;
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

const INSPECT = { depth: 1, maxArrayLength: 5, maxStringLength: MOST_TEXT, customInspect: false, getters: false };

/** The innermost line of the stack that is none of Node's own: `FileSource.read (/…/file-source.js:60:13)`. */
function placeOf(thrown: unknown): string {
  try {
    const stack = thrown instanceof Error ? String(thrown.stack) : '';
    const [, line] = /\n\s+at ((?!.*\(?node:)[^\n]+)/.exec(stack) ?? [];
    return line?.replace(/file:\/\/[^\s)]*?(?=:\d+:\d+|\)|$)/, (url) => fileURLToPath(url)) ?? 'an unknown place';
  } catch {
    return 'an unknown place';
  }
}
