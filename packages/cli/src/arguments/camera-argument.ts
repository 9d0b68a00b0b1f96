import { readSource, SOURCE_ALLOWED } from '../cameras/source-spec.js';
import { cameraName } from '../config/schema.js';
import { shownValue } from '../config/shown-value.js';
import { usageError } from '../errors.js';

/** A camera as the command line names it. */
export interface CameraArgument {
  readonly name: string | undefined;
  readonly source: string;
}

export interface ControlArgument {
  readonly name: string;
  /** As the configuration file would have it. */
  readonly value: number | boolean | string;
}

/** Reads `garage=/dev/video0`, or a source alone. Throws `CLI_USAGE`. */
export function readCameraArgument(value: string): CameraArgument {
  // What stands before the sign is no name in a source with a sign of its own: http://…?a=b, file:/a=b
  const [, name, source = value] = /^([^=:/\\]*)=(.*)$/s.exec(value) ?? [];
  const allowed = (what: string) => usageError(`--camera ${shownValue(value)} is not possible: ${what}`);
  const nameAllowed = name === undefined ? undefined : cameraName.safeParse(name).error?.issues[0]?.message;
  if (nameAllowed !== undefined) throw allowed(`a name is ${nameAllowed}`);
  if (!readSource(source)) throw allowed(`allowed is ${SOURCE_ALLOWED}`);
  return { name, source };
}

/** Reads `brightness=120`, `focus_automatic_continuous=false`, `power_line_frequency=50 Hz`. Throws `CLI_USAGE`. */
export function readControlArgument(text: string): ControlArgument {
  const [, name, value] = /^([a-z]\w*)=(.+)$/is.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw usageError(
      `--control ${shownValue(text)} is not possible: allowed is NAME=VALUE, where the value is a whole number, true, false, or the text of a menu’s item`,
    );
  return { name, value: readControlValue(value) };
}

function readControlValue(text: string): ControlArgument['value'] {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
