import { inspect } from 'node:util';
import { codeOf, FramehubError, whereOf } from '@framehub/frame';

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
  const place = whereOf(thrown) ?? 'an unknown place';
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
