/** The part of pino's interface that framehub's packages use; the command brings the real one. */
export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

/** A logger that says nothing, for embedders and tests. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
