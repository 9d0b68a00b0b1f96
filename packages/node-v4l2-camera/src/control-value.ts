import {
  ControlFlag,
  G_CTRL,
  G_EXT_CTRLS,
  ControlType as Kind,
  S_CTRL,
  S_EXT_CTRLS,
  v4l2_control,
  v4l2_ext_control,
  v4l2_ext_controls,
} from './abi/control.js';
import type { ControlQuery } from './control-query.js';
import type { ControlValue } from './control-types.js';
import type { DeviceFile } from './device-file.js';

const ENODEV = 19;
/** Bytes of a text: a driver that claims more would decide how much memory is taken. */
const MAX_TEXT = 65_536;

/** Undefined for what has no value, and for what the camera does not tell just now. Throws V4l2Error `ENODEV`. */
export function readValue(file: DeviceFile, query: ControlQuery): ControlValue | undefined {
  if (query.kind === Kind.BUTTON || query.flags & ControlFlag.WRITE_ONLY) return undefined;
  const access = accessTo(file, query);
  if (!access) return undefined;
  const errno = access.get();
  if (errno === ENODEV) throw file.error(errno, G_CTRL.name);
  return errno ? undefined : access.value();
}

/** Throws V4l2Error, and TypeError or RangeError for a value that this control cannot hold at all. */
export function writeValue(file: DeviceFile, query: ControlQuery, value: ControlValue): void {
  const access = accessTo(file, query);
  if (!access) throw new TypeError(`${query.label}: controls of this type cannot be set`);
  const errno = access.set(value);
  if (errno) throw file.error(errno, access.setter);
}

/** One control's value in memory shared with the driver. */
interface Access {
  /** Returns 0 or `errno`. */
  get(): number;
  /** Returns 0 or `errno`. */
  set(value: ControlValue): number;
  /** What `get` got. */
  value(): ControlValue;
  readonly setter: string;
}

function accessTo(file: DeviceFile, query: ControlQuery): Access | undefined {
  if (query.kind === Kind.STRING) return query.maximum < MAX_TEXT ? textAccess(file, query) : undefined;
  if (query.flags & ControlFlag.HAS_PAYLOAD) return undefined;
  if (query.kind === Kind.INTEGER64) return wideAccess(file, query);
  return numberAccess(file, query);
}

/** The plain calls, which every driver knows, reach all 32-bit controls. */
function numberAccess(file: DeviceFile, query: ControlQuery): Access {
  const cell = file.allocate(v4l2_control);
  const { fields } = cell;
  fields.id = query.id;
  return {
    setter: S_CTRL.name,
    get: () => file.attempt(G_CTRL, cell),
    value: () => (query.kind === Kind.BITMASK ? fields.value >>> 0 : fields.value),
    set: (value) => {
      fields.value = int32(query, value);
      return file.attempt(S_CTRL, cell);
    },
  };
}

function wideAccess(file: DeviceFile, query: ControlQuery): Access {
  const { controls, control } = extended(file, query);
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

function textAccess(file: DeviceFile, query: ControlQuery): Access {
  const { controls, control } = extended(file, query);
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
        throw new RangeError(`${query.label}: ${bytes.length} bytes are too long: allowed are ${query.maximum}`);
      }
      memory.fill(0);
      memory.set(bytes);
      return file.attempt(S_EXT_CTRLS, controls);
    },
  };
}

function extended(file: DeviceFile, query: ControlQuery) {
  const control = file.allocate(v4l2_ext_control);
  control.fields.id = query.id;
  const controls = file.allocate(v4l2_ext_controls);
  controls.fields.count = 1;
  controls.fields.controls = file.libc.addressOf(control.memory);
  return { controls, control };
}

function int32(query: ControlQuery, value: ControlValue): number {
  const number = typeof value === 'string' ? Number.NaN : Number(value);
  // Bit masks go up to 2^32; the driver judges the rest.
  if (!Number.isInteger(number) || number < -(2 ** 31) || number >= 2 ** 32) throw unfit(query, value);
  return number | 0;
}

function int64(query: ControlQuery, value: ControlValue): bigint {
  const number = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (number === undefined || BigInt.asIntN(64, number) !== number) throw unfit(query, value);
  return number;
}

function unfit({ label, minimum, maximum }: ControlQuery, value: ControlValue): RangeError {
  return new RangeError(`${label}: ${value} is not possible: allowed is a whole number from ${minimum} to ${maximum}`);
}
