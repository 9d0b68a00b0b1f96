import { ControlFlag, ControlType as Kind, QUERYMENU, v4l2_querymenu } from './abi/control.js';
import { type ControlQuery, queryControls } from './control-query.js';
import type { Control, ControlFlags, ControlType, ControlValue, MenuItem } from './control-types.js';
import { readValue, writeValue } from './control-value.js';
import type { DeviceFile } from './device-file.js';
import { V4l2Error } from './error.js';

const ENOENT = 2;

export function listControls(file: DeviceFile): Control[] {
  return queryControls(file).map((query) => describe(file, query));
}

/** @param wanted id or name */
export function readControl(file: DeviceFile, wanted: number | string): Control {
  return describe(file, find(file, wanted));
}

/**
 * @param wanted id or name
 * @returns the value as read back
 */
export function writeControl(file: DeviceFile, wanted: number | string, value: ControlValue): ControlValue | undefined {
  const query = find(file, wanted);
  writeValue(file, query, value);
  return readValue(file, query);
}

function find(file: DeviceFile, wanted: number | string): ControlQuery {
  const query = queryControls(file).find(({ id, name }) => wanted === id || wanted === name);
  if (query) return query;
  throw new V4l2Error('ENOENT', ENOENT, 'VIDIOC_QUERYCTRL', file.path, `${file.path}: no control ${wanted}`);
}

function describe(file: DeviceFile, query: ControlQuery): Control {
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
    menu: query.kind === Kind.MENU || query.kind === Kind.INTEGER_MENU ? readMenu(file, query) : undefined,
    flags: flagsOf(query.flags),
  };
}

const TYPES: Readonly<Record<number, ControlType>> = {
  [Kind.INTEGER]: 'integer',
  [Kind.BOOLEAN]: 'boolean',
  [Kind.MENU]: 'menu',
  [Kind.BUTTON]: 'button',
  [Kind.INTEGER64]: 'integer64',
  [Kind.BITMASK]: 'bitmask',
  [Kind.INTEGER_MENU]: 'integer-menu',
};

function typeOf({ kind, flags }: ControlQuery): ControlType {
  if (kind === Kind.STRING) return 'string';
  if (flags & ControlFlag.HAS_PAYLOAD) return 'compound';
  return TYPES[kind] ?? 'compound';
}

/** Menus may have holes: items that the driver refuses to name cannot be chosen. */
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
    items.push({ value, label: query.kind === Kind.MENU ? name : String(number) });
  }
  return items;
}

function flagsOf(flags: number): ControlFlags {
  return {
    disabled: (flags & ControlFlag.DISABLED) !== 0,
    grabbed: (flags & ControlFlag.GRABBED) !== 0,
    readOnly: (flags & ControlFlag.READ_ONLY) !== 0,
    inactive: (flags & ControlFlag.INACTIVE) !== 0,
    volatile: (flags & ControlFlag.VOLATILE) !== 0,
    writeOnly: (flags & ControlFlag.WRITE_ONLY) !== 0,
  };
}
