import { fileURLToPath } from 'node:url';

/** An error that tells its reader what to do. Checked by `code`, since `instanceof` breaks across threads. */
export class FramehubError extends Error {
  override readonly name = 'FramehubError';

  /**
   * @param code stable, in capitals, with the package's name in front: `CAPTURE_DEVICE_BUSY`; each has a heading in docs/errors.md
   * @param message one line: what, which value, what is allowed, what to do
   * @param details the values the message speaks of, for programs
   */
  constructor(
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** A plain object that crosses threads and JSON; {@link FramehubError.from} reads it back. */
  toJSON(): ErrorRecord {
    return { code: this.code, message: this.message, details: this.details };
  }

  static from(record: ErrorRecord): FramehubError {
    return new FramehubError(record.code, record.message, record.details);
  }
}

/** An error on its way between threads. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The code of any error, of ours or of Node's, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Any thrown value as a record: what is not a FramehubError gets the code `INTERNAL` unless it has one, and tells in
 * `details.where` which line threw it.
 */
export function recordOf(error: unknown): ErrorRecord {
  if (error instanceof FramehubError) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  const where = whereOf(error);
  return { code: codeOf(error) ?? 'INTERNAL', message, details: where === undefined ? {} : { where } };
}

/** What threw an error, `render (/…/encoder/dist/render.js:41:11)`: the innermost line of its stack that is not Node's own. */
export function whereOf(error: unknown): string | undefined {
  try {
    const stack = error instanceof Error ? String(error.stack) : '';
    const [, line] = /\n\s+at ((?!.*\(?node:)[^\n]+:\d+:\d+\)?)/.exec(stack) ?? [];
    return line?.replace(/file:\/\/[^\s)]*?(?=:\d+:\d+|\)|$)/, (url) => fileURLToPath(url));
  } catch {
    // Whoever throws may make even the stack throw.
    return undefined;
  }
}
