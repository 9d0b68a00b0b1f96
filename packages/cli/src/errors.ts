import { FramehubError } from '@framehub/frame';

/** A command line that framehub does not understand: exit code 2, as is the custom. */
export function usageError(message: string, details: Readonly<Record<string, unknown>> = {}): FramehubError {
  return new FramehubError('CLI_USAGE', message, details);
}

/** How a command ended that did not do what it was asked. */
export interface Failure {
  /** Lines for standard error. */
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/**
 * What the user is told of an error: one line, and below it, where a choice has to be made, the choices
 * (`details.choices`). What framehub did not foresee says so, and how to see more.
 */
export function failureOf(error: unknown, verbose = false): Failure {
  if (error instanceof FramehubError) {
    const choices = Array.isArray(error.details.choices)
      ? error.details.choices.map((choice) => `  --camera ${choice}`)
      : [];
    return { lines: [`framehub: ${oneLine(error.message)}`, ...choices], exitCode: error.code === 'CLI_USAGE' ? 2 : 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = verbose && error instanceof Error && error.stack ? error.stack.split('\n') : [];
  const hint = verbose ? '' : ' (a fault in framehub: please report it, with what --verbose says)';
  return { lines: [`framehub: ${oneLine(message)}${hint}`, ...stack], exitCode: 1 };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
