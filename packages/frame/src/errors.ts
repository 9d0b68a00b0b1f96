import { fileURLToPath } from 'node:url';
import { shownValue } from './rules.js';

/** An error with a stable code and a message that names the remedy. Check `code`: `instanceof` fails across threads. */
export class FramehubError extends Error {
  override readonly name = 'FramehubError';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * @param code in capitals, with the package's name in front: `CAPTURE_DEVICE_BUSY`; each has a heading in docs/errors.md
   * @param message one line: what, which value, what is allowed, what to do
   * @param details the values that the message names, for programs
   */
  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  /** A plain object for other threads and JSON; {@link FramehubError.from} is the inverse. */
  toJSON(): ErrorRecord {
    return { code: this.code, message: this.message, details: this.details };
  }

  /** The error of a record. */
  static from(record: ErrorRecord): FramehubError {
    return new FramehubError(record.code, record.message, record.details);
  }
}

/** An error as a plain object. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The code of any error, framehub's or Node's, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Any thrown value as a record. One that is not a FramehubError gets the code `INTERNAL` unless it has a code, and the line
 * that threw it as `details.where`.
 */
export function recordOf(error: unknown): ErrorRecord {
  if (error instanceof FramehubError) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  const where = whereOf(error);
  return { code: codeOf(error) ?? 'INTERNAL', message, details: where === undefined ? {} : { where } };
}

/** Where an error was thrown: the innermost line of its stack that is not Node's, `render (/…/dist/render.js:41:11)`. */
export function whereOf(error: unknown): string | undefined {
  try {
    const stack = error instanceof Error ? String(error.stack) : '';
    const [, line] = /\n\s+at ((?!.*\(?node:)[^\n]+:\d+:\d+\)?)/.exec(stack) ?? [];
    return line?.replace(/file:\/\/[^\s)]*?(?=:\d+:\d+|\)|$)/, (url) => fileURLToPath(url));
  } catch {
    // A thrown object may have a stack that throws.
    return undefined;
  }
}

/**
 * The error for a camera that does not exist: `CAMERA_UNKNOWN`. Its `details.cameras` are the existing names.
 *
 * @param name the requested name
 * @param cameras names of the cameras that exist
 */
export function unknownCamera(name: string, cameras: readonly string[]): FramehubError {
  const known = cameras.length > 0 ? `the cameras are ${cameras.join(', ')}` : 'there are no cameras yet';
  return new FramehubError('CAMERA_UNKNOWN', `there is no camera ${shownValue(name)}: ${known}`, { cameras });
}
