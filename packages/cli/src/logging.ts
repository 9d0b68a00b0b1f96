import { FramehubError, type Logger } from '@framehub/frame';
import type { Config } from '@framehub/hub/config';
import { fileProblem } from '@framehub/hub/config';
import pino, { type DestinationStream } from 'pino';

/** Bytes of a log that are kept while they cannot be written; later lines are lost. */
const MAX_HELD = 65_536;

export interface Log extends Logger {
  /** Can be set at any time. */
  level: Config['log']['level'];
}

/**
 * Opens the log: readable on a terminal, JSON lines elsewhere and in the file.
 * All writes are synchronous: there are few, and the last ones before an exit are those that matter.
 *
 * @param target standard error where the standard output is a picture
 * @throws `CLI_LOGFILE_UNWRITABLE`
 */
export async function openLog({ level, file }: Config['log'], target: 'stdout' | 'stderr'): Promise<Log> {
  const output = process[target];
  const toConsole = pino.destination({ fd: output.fd, sync: true, maxLength: MAX_HELD });
  // Whoever read the log has gone, or its disk is full: no reason to stop showing pictures.
  toConsole.on('error', () => {});
  const destinations: DestinationStream[] = [output.isTTY ? forPeople(toConsole, await loadPretty(level)) : toConsole];
  const toFile = file === undefined ? undefined : openFile(file);
  if (toFile) destinations.push(toFile);
  const streams = destinations.map((stream) => ({ level: 'debug' as const, stream }));
  const err = level === 'debug' ? pino.stdSerializers.err : withoutStack;
  const logger = pino({ level, base: null, serializers: { err } }, pino.multistream(streams));
  toFile?.once('error', (error) =>
    logger.warn({}, `the log file ${file} cannot be written, and is continued when it can: ${fileProblem(error)}`),
  );
  toFile?.on('error', () => {});
  return logger as Log;
}

/** As large as the rest of the logger, and of use on a terminal only. */
async function loadPretty(level: Config['log']['level']): Promise<(line: string) => string | undefined> {
  const { prettyFactory } = await import('pino-pretty');
  const details = level === 'debug';
  return prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'name',
    singleLine: true,
    hideObject: !details,
    ...(!details && { messageFormat: sentence }),
  });
}

/** `garage: camera is live`: which camera it is, what happened, and why. */
function sentence({ camera, msg, err }: Record<string, unknown>): string {
  const text = String(msg);
  const subject = typeof camera === 'string' && !text.includes(camera) ? `${camera}: ` : '';
  const reason = typeof err === 'object' && err !== null && 'message' in err ? `: ${err.message}` : '';
  return `${subject}${text}${reason}`;
}

function forPeople(output: DestinationStream, pretty: (line: string) => string | undefined): DestinationStream {
  return { write: (line) => output.write(`${(pretty(line) ?? line).trimEnd()}\n`) };
}

function openFile(file: string): ReturnType<typeof pino.destination> {
  try {
    return pino.destination({ dest: file, append: true, sync: true, maxLength: MAX_HELD });
  } catch (error) {
    throw new FramehubError('CLI_LOGFILE_UNWRITABLE', `the log file ${file} cannot be written: ${fileProblem(error)}`, {
      file,
    });
  }
}

function withoutStack(error: unknown): unknown {
  return error instanceof Error ? { message: error.message, ...('code' in error && { code: error.code }) } : error;
}
