import { inspect } from 'node:util';
import { codeOf, FramehubError, whereOf } from '@framehub/frame';

/** Of a message that framehub did not write. */
const MAX_TEXT_CHARACTERS = 300;

/** A thrown value as an error of this package. */
export interface CaptureFailure {
  readonly error: FramehubError;
  /** Where an unforeseen error was thrown, for the log. */
  readonly place: string | undefined;
}

/** Makes a `CAPTURE_…` error of anything that was thrown: `CAPTURE_INTERNAL`, unless it is one already. Never throws. */
export function captureFailure(thrown: unknown): CaptureFailure {
  try {
    if (thrown instanceof FramehubError && codeOf(thrown)?.startsWith('CAPTURE_'))
      return { error: cloneable(thrown), place: undefined };
  } catch {
    // An error whose code cannot be read is unforeseen.
  }
  const reason = reasonOf(thrown);
  const place = whereOf(thrown) ?? 'an unknown place';
  const error = new FramehubError('CAPTURE_INTERNAL', `a fault in framehub: ${reason}; please report it`, { reason });
  return { error, place };
}

/** The error, without details that cannot be sent to another thread. */
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
    return line.length > MAX_TEXT_CHARACTERS ? `${line.slice(0, MAX_TEXT_CHARACTERS)}…` : line;
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

const INSPECT = {
  depth: 1,
  maxArrayLength: 5,
  maxStringLength: MAX_TEXT_CHARACTERS,
  customInspect: false,
  getters: false,
};
