import { ControlFlag, CtrlType, QUERYCTRL, QUERYMENU, v4l2_querymenu } from './abi/videodev2.js';
import { type ControlQuery, queryControls } from './control-query.js';
import { type ControlValue, readValue, writeValue } from './control-value.js';
import type { DeviceFile } from './device-file.js';
import { Errno } from './error.js';

/** The type of a control. `compound`: arrays and structs, whose values this package neither reads nor writes. */
export type ControlType =
  | 'integer'
  | 'boolean'
  | 'menu'
  | 'button'
  | 'integer64'
  | 'string'
  | 'bitmask'
  | 'integer-menu'
  | 'compound';

/** An item of a menu control. */
export interface MenuItem {
  /** The control's value for this item. */
  readonly value: number;
  /** The item's text; for an integer menu, its number. */
  readonly label: string;
}

/** The flags of struct v4l2_query_ext_ctrl. */
export interface ControlFlags {
  /** Permanently disabled. */
  readonly disabled: boolean;
  /** Temporarily in use by another program. */
  readonly grabbed: boolean;
  readonly readOnly: boolean;
  /** Without effect at present, like exposure time while exposure is automatic. */
  readonly inactive: boolean;
  /** The camera changes the value by itself. */
  readonly volatile: boolean;
  readonly writeOnly: boolean;
}

/** A V4L2 control: one setting of a camera. */
export interface Control {
  /** V4L2_CID_… */
  readonly id: number;
  /** The name in v4l2-ctl: `exposure_time_absolute`. */
  readonly name: string;
  /** Human-readable: `Exposure Time, Absolute`. */
  readonly label: string;
  readonly type: ControlType;
  /** Smallest value, or shortest string. `bigint` for `integer64`. */
  readonly minimum: number | bigint;
  /** Largest value, or longest string in bytes. `bigint` for `integer64`. */
  readonly maximum: number | bigint;
  readonly step: number | bigint;
  readonly default: number | bigint;
  /** Undefined for buttons, compound and write-only controls, and if the camera does not report it. */
  readonly value: ControlValue | undefined;
  /** The items of a `menu` or `integer-menu`. */
  readonly menu: readonly MenuItem[] | undefined;
  readonly flags: ControlFlags;
}

export function listControls(file: DeviceFile): Control[] {
  return queryControls(file).map((query) => describeControl(file, query));
}

/** @param control id or name */
export function readControl(file: DeviceFile, control: number | string): Control {
  return describeControl(file, findControl(file, control));
}

/**
 * @param control id or name
 * @returns the value as read back
 */
export function writeControl(
  file: DeviceFile,
  control: number | string,
  value: ControlValue,
): ControlValue | undefined {
  const query = findControl(file, control);
  writeValue(file, query, value);
  return readValue(file, query);
}

function findControl(file: DeviceFile, control: number | string): ControlQuery {
  const query = queryControls(file).find(({ id, name }) => control === id || control === name);
  if (query) return query;
  throw file.error(Errno.ENOENT, QUERYCTRL.name, `no control ${control}`);
}

function describeControl(file: DeviceFile, query: ControlQuery): Control {
  const type = typeOf(query);
  // 64-bit values stay exact; bit masks are unsigned, though drivers sign-extend them.
  const number =
    type === 'integer64'
      ? (value: bigint) => value
      : (value: bigint) => Number(type === 'bitmask' ? BigInt.asUintN(32, value) : value);
  return {
    id: query.id,
    name: query.name,
    label: query.label,
    type,
    minimum: number(query.minimum),
    maximum: number(query.maximum),
    step: number(query.step),
    default: number(query.default),
    value: readValue(file, query),
    menu: type === 'menu' || type === 'integer-menu' ? readMenu(file, query) : undefined,
    flags: describeFlags(query.flags),
  };
}

const TYPES: Readonly<Record<number, ControlType>> = {
  [CtrlType.INTEGER]: 'integer',
  [CtrlType.BOOLEAN]: 'boolean',
  [CtrlType.MENU]: 'menu',
  [CtrlType.BUTTON]: 'button',
  [CtrlType.INTEGER64]: 'integer64',
  [CtrlType.BITMASK]: 'bitmask',
  [CtrlType.INTEGER_MENU]: 'integer-menu',
};

function typeOf({ type, flags }: ControlQuery): ControlType {
  if (type === CtrlType.STRING) return 'string';
  if (flags & ControlFlag.HAS_PAYLOAD) return 'compound';
  return TYPES[type] ?? 'compound';
}

/** Menus may have gaps: items for which the driver returns an error cannot be chosen. */
function readMenu(file: DeviceFile, query: ControlQuery): MenuItem[] {
  const cell = file.allocate(v4l2_querymenu);
  const { fields } = cell;
  const items: MenuItem[] = [];
  for (let value = Number(query.minimum); value <= Number(query.maximum); value++) {
    cell.clear();
    fields.id = query.id;
    fields.index = value;
    if (file.attempt(QUERYMENU, cell)) continue;
    const { name, value: number } = fields.anonymous;
    items.push({ value, label: query.type === CtrlType.MENU ? name : String(number) });
  }
  return items;
}

function describeFlags(flags: number): ControlFlags {
  return {
    disabled: (flags & ControlFlag.DISABLED) !== 0,
    grabbed: (flags & ControlFlag.GRABBED) !== 0,
    readOnly: (flags & ControlFlag.READ_ONLY) !== 0,
    inactive: (flags & ControlFlag.INACTIVE) !== 0,
    volatile: (flags & ControlFlag.VOLATILE) !== 0,
    writeOnly: (flags & ControlFlag.WRITE_ONLY) !== 0,
  };
}
