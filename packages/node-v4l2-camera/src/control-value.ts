import {
  ControlFlag,
  CtrlType,
  G_CTRL,
  G_EXT_CTRLS,
  S_CTRL,
  S_EXT_CTRLS,
  v4l2_control,
  v4l2_ext_control,
  v4l2_ext_controls,
} from './abi/videodev2.js';
import type { ControlQuery } from './control-query.js';
import type { DeviceFile } from './device-file.js';
import { Errno } from './error.js';

/** A control's value: a whole number, `bigint` for `integer64`, text for `string`. */
export type ControlValue = number | bigint | string;

/** Limits the memory that a driver can make this package allocate for a string. */
const MAX_STRING_BYTES = 65_536;

/** Undefined if the control has no value, or if the camera does not report it. Throws V4l2Error `ENODEV`. */
export function readValue(file: DeviceFile, query: ControlQuery): ControlValue | undefined {
  if (query.type === CtrlType.BUTTON || query.flags & ControlFlag.WRITE_ONLY) return undefined;
  const access = accessFor(file, query);
  if (!access) return undefined;
  const errno = access.get();
  if (errno === Errno.ENODEV) throw file.error(errno, G_CTRL.name);
  return errno ? undefined : access.value();
}

/** Throws V4l2Error, RangeError for a value that this control cannot hold, TypeError for a compound control. */
export function writeValue(file: DeviceFile, query: ControlQuery, value: ControlValue): void {
  const access = accessFor(file, query);
  if (!access) throw new TypeError(`${query.label}: compound controls cannot be set`);
  const errno = access.set(value);
  if (errno) throw file.error(errno, access.setter);
}

/** Reads and writes one control's value through memory shared with the driver. */
interface Access {
  /** Returns 0 or `errno`. */
  get(): number;
  /** Returns 0 or `errno`. */
  set(value: ControlValue): number;
  /** The value that `get` read. */
  value(): ControlValue;
  readonly setter: string;
}

function accessFor(file: DeviceFile, query: ControlQuery): Access | undefined {
  if (query.type === CtrlType.STRING) return query.maximum < MAX_STRING_BYTES ? stringAccess(file, query) : undefined;
  if (query.flags & ControlFlag.HAS_PAYLOAD) return undefined;
  if (query.type === CtrlType.INTEGER64) return int64Access(file, query);
  return int32Access(file, query);
}

/** All drivers support these requests for 32-bit controls. */
function int32Access(file: DeviceFile, query: ControlQuery): Access {
  const cell = file.allocate(v4l2_control);
  const { fields } = cell;
  fields.id = query.id;
  return {
    setter: S_CTRL.name,
    get: () => file.attempt(G_CTRL, cell),
    value: () => (query.type === CtrlType.BITMASK ? fields.value >>> 0 : fields.value),
    set: (value) => {
      fields.value = int32(query, value);
      return file.attempt(S_CTRL, cell);
    },
  };
}

function int64Access(file: DeviceFile, query: ControlQuery): Access {
  const { controls, control } = extendedControl(file, query);
  return {
    setter: S_EXT_CTRLS.name,
    get: () => file.attempt(G_EXT_CTRLS, controls),
    value: () => control.fields.anonymous.value64,
    set: (value) => {
      control.fields.anonymous.value64 = int64(query, value);
      return file.attempt(S_EXT_CTRLS, controls);
    },
  };
}

function stringAccess(file: DeviceFile, query: ControlQuery): Access {
  const { controls, control } = extendedControl(file, query);
  const memory = new Uint8Array(new ArrayBuffer(Number(query.maximum) + 1));
  control.fields.size = memory.length;
  control.fields.anonymous.string = file.libc.addressOf(memory);
  return {
    setter: S_EXT_CTRLS.name,
    get: () => file.attempt(G_EXT_CTRLS, controls),
    value: () => Buffer.from(memory.subarray(0, memory.indexOf(0))).toString('utf8'),
    set: (value) => {
      const bytes = Buffer.from(String(value));
      if (bytes.length >= memory.length) {
        throw new RangeError(`${query.label} must be at most ${query.maximum} bytes, not ${bytes.length}`);
      }
      memory.fill(0);
      memory.set(bytes);
      return file.attempt(S_EXT_CTRLS, controls);
    },
  };
}

function extendedControl(file: DeviceFile, query: ControlQuery) {
  const control = file.allocate(v4l2_ext_control);
  control.fields.id = query.id;
  const controls = file.allocate(v4l2_ext_controls);
  controls.fields.count = 1;
  controls.fields.controls = file.libc.addressOf(control.memory);
  return { controls, control };
}

function int32(query: ControlQuery, value: ControlValue): number {
  const number = typeof value === 'string' ? Number.NaN : Number(value);
  // Bit masks are unsigned; the driver checks the range.
  if (!Number.isInteger(number) || number < -(2 ** 31) || number >= 2 ** 32) throw invalidValue(query, value);
  return number | 0;
}

function int64(query: ControlQuery, value: ControlValue): bigint {
  const number = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (number === undefined || BigInt.asIntN(64, number) !== number) throw invalidValue(query, value);
  return number;
}

function invalidValue({ label, minimum, maximum }: ControlQuery, value: ControlValue): RangeError {
  return new RangeError(`${label} must be a whole number from ${minimum} to ${maximum}, not ${value}`);
}
