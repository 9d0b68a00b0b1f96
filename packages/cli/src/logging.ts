import { FramehubError, type Logger, recordOf, silentLogger, whereOf } from '@framehub/frame';
import { type Config, fileProblem } from '@framehub/hub/config';
import pino, { type DestinationStream } from 'pino';

/** Bytes of a log that are kept while they cannot be written. Later lines are lost. */
const MAX_HELD_BYTES = 65_536;

export interface Log extends Logger {
  /** Can be set at any time. */
  level: Config['log']['level'];
}

/**
 * Opens the log: readable on a terminal, JSON lines otherwise and in the file. All writes are synchronous: there are few,
 * and the last ones before an exit matter most.
 *
 * @param target standard error where the standard output is a JPEG
 * @throws FramehubError `CLI_LOGFILE_UNWRITABLE`
 */
export async function openLog({ level, file }: Config['log'], target: 'stdout' | 'stderr'): Promise<Log> {
  const output = process[target];
  const toConsole = pino.destination({ fd: output.fd, sync: true, maxLength: MAX_HELD_BYTES });
  // The reader has gone, or its disk is full: no reason to stop.
  toConsole.on('error', () => {});
  const destinations: DestinationStream[] = [output.isTTY ? readable(toConsole, await loadPretty(level)) : toConsole];
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

/** `garage: camera is live`: the camera, what happened, and why. */
function sentence({ camera, msg, err }: Record<string, unknown>): string {
  const text = String(msg);
  const subject = typeof camera === 'string' && !text.includes(camera) ? `${camera}: ` : '';
  const reason = typeof err === 'object' && err !== null && 'message' in err ? `: ${err.message}` : '';
  return `${subject}${text}${reason}`;
}

function readable(output: DestinationStream, pretty: (line: string) => string | undefined): DestinationStream {
  return { write: (line) => output.write(`${(pretty(line) ?? line).trimEnd()}\n`) };
}

function openFile(file: string): ReturnType<typeof pino.destination> {
  try {
    return pino.destination({ dest: file, append: true, sync: true, maxLength: MAX_HELD_BYTES });
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): FramehubError {
  const message = `the log file ${file} cannot be written: ${fileProblem(cause)}`;
  return new FramehubError('CLI_LOGFILE_UNWRITABLE', message, { file }, { cause });
}

function withoutStack(error: unknown): unknown {
  return error instanceof Error ? { message: error.message, ...('code' in error && { code: error.code }) } : error;
}

/** A logger that keeps warnings until there is a log: the configuration says which one. */
export function heldWarnings(): { readonly logger: Logger; logTo(log: Logger): void } {
  const held: [data: object, message: string][] = [];
  return {
    logger: { ...silentLogger, warn: (data, message) => void held.push([data, message]) },
    logTo(log) {
      for (const [data, message] of held.splice(0)) log.warn(data, message);
    },
  };
}

const SAME_FAULT_MS = 60_000;

/**
 * The last handler: logs an error that was thrown in a timer or listener without a handler of its own, and where, so that
 * the process can go on. Errors of a camera make their camera fail before they come here. The same error is logged once a
 * minute at most.
 */
export class FaultLog {
  readonly #logger: Logger;
  #last = '';
  #lastAt = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns true: the process goes on */
  handle(error: unknown): true {
    const { code, message } = recordOf(error);
    const where = whereOf(error) ?? 'an unknown place';
    const line = `a fault in framehub at ${where}: ${message}; it goes on, please report this`;
    const now = performance.now();
    if (line === this.#last && now - this.#lastAt < SAME_FAULT_MS) return true;
    this.#last = line;
    this.#lastAt = now;
    this.#logger.error({ code, where, err: error }, line);
    return true;
  }
}
