import { FramehubError } from '@framehub/frame';

/** A command line that framehub does not understand. Its exit code is 2, as is customary. */
export function usageError(message: string, details: Readonly<Record<string, unknown>> = {}): FramehubError {
  return new FramehubError('CLI_USAGE', message, details);
}

/** How a command ended that failed. */
export interface Failure {
  /** Lines for standard error. */
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/**
 * What is printed for an error: one line, and below it the cameras to choose from (`details.choices`). An unexpected error
 * says that it is one, and how to see more.
 */
export function failureOf(error: unknown, verbose = false): Failure {
  if (error instanceof FramehubError) {
    const { choices } = error.details;
    const options = Array.isArray(choices) ? choices.map((choice) => `  --camera ${choice}`) : [];
    return { lines: [`framehub: ${oneLine(error.message)}`, ...options], exitCode: error.code === 'CLI_USAGE' ? 2 : 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = verbose && error instanceof Error && error.stack ? error.stack.split('\n') : [];
  const hint = verbose ? '' : ' (a fault in framehub: please report it, with the output of --verbose)';
  return { lines: [`framehub: ${oneLine(message)}${hint}`, ...stack], exitCode: 1 };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
