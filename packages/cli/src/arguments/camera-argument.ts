import { mustBe } from '@framehub/frame';
import { cameraName, readSource, SOURCE_ALLOWED } from '@framehub/hub/config';
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
  const allowed = name === undefined ? undefined : cameraName.safeParse(name).error?.issues[0]?.message;
  if (allowed !== undefined) throw usageError(mustBe('the name in --camera', allowed, name));
  if (!readSource(source)) throw usageError(mustBe('--camera', SOURCE_ALLOWED, value));
  return { name, source };
}

/** Reads `brightness=120`, `focus_automatic_continuous=false`, `power_line_frequency=50 Hz`. Throws `CLI_USAGE`. */
export function readControlArgument(text: string): ControlArgument {
  const [, name, value] = /^([a-z]\w*)=(.+)$/is.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw usageError(
      mustBe('--control', 'NAME=VALUE, where VALUE is a whole number, true, false, or the name of a menu item', text),
    );
  return { name, value: readControlValue(value) };
}

function readControlValue(text: string): ControlArgument['value'] {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
